package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jbuildkit.solver.simulation.Spec.Input;
import org.jbuildkit.solver.simulation.Spec.OpSpec;

/** Makes random graphs. */
final class Graphs {
  private static final List<String> PARTS = List.of("a", "b");

  private final Random random;
  private final List<OpSpec> ops = new ArrayList<>();
  private final List<Spec> specs = new ArrayList<>();
  private final boolean unsteady;
  private final double contentShare;
  private final double changingShare;
  private final double constantShare;
  private final double nestedShare;

  Graphs(Random random) {
    this.random = random;
    this.unsteady = random.nextInt(4) == 0;
    this.contentShare = unsteady ? 0.9 : random.nextDouble();
    this.changingShare = unsteady ? 0.6 : random.nextDouble() * 0.4;
    this.constantShare = unsteady ? 0.8 : random.nextDouble() * 0.5;
    this.nestedShare = random.nextInt(4) == 0 ? 0.5 : 0.1;
  }

  /** Whether what the definitions stand for changes all the time. */
  boolean isUnsteady() {
    return unsteady;
  }

  /** Vertices, inputs before what uses them. */
  List<Spec> make() {
    boolean large = !unsteady && random.nextInt(10) == 0;
    int size = 2 + random.nextInt(large ? 30 : unsteady ? 6 : 10);
    for (int i = 0; i < size; i++) {
      specs.add(vertex(i));
    }
    nest();
    return List.copyOf(specs);
  }

  private Spec vertex(int number) {
    if (number > 1 && random.nextInt(4) == 0) {
      var twin = specs.get(random.nextInt(number));
      return new Spec(number, twin.op(), twin.inputs().stream().map(this::twin).toList());
    }
    int inputs = number == 0 || random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(3);
    var op = op(inputs);
    var from = new ArrayList<Input>();
    for (int i = 0; i < inputs; i++) {
      from.add(anyOf(specs));
    }
    return new Spec(number, op, from);
  }

  private Input anyOf(List<Spec> all) {
    boolean recent = random.nextInt(3) > 0;
    int back =
        recent ? 1 + random.nextInt(Math.min(3, all.size())) : 1 + random.nextInt(all.size());
    var spec = all.get(all.size() - back);
    return new Input(spec, random.nextInt(spec.op().outputs()));
  }

  /** The same input, or that of another vertex with the same op. */
  private Input twin(Input input) {
    var alike = specs.stream().filter(spec -> spec.op() == input.spec().op()).toList();
    return random.nextInt(unsteady ? 2 : 5) == 0
        ? anyOf(specs)
        : new Input(alike.get(random.nextInt(alike.size())), input.output());
  }

  private OpSpec op(int inputs) {
    var alike = ops.stream().filter(op -> op.deps().size() == inputs).toList();
    if (!alike.isEmpty() && random.nextInt(4) == 0) {
      return alike.get(random.nextInt(alike.size()));
    }
    boolean lazy = !unsteady && inputs > 0 && random.nextInt(4) == 0;
    var deps = new ArrayList<OpSpec.Dep>();
    for (int i = 0; i < inputs; i++) {
      var selector = (unsteady || random.nextInt(3) == 0) ? PARTS.get(random.nextInt(2)) : "";
      deps.add(new OpSpec.Dep(selector, !lazy && random.nextDouble() < contentShare));
    }
    var parts = new ArrayList<OpSpec.Part>();
    for (var name : PARTS) {
      var used = new ArrayList<Integer>();
      for (int i = 0; i < inputs; i++) {
        if (random.nextBoolean()) {
          used.add(i);
        }
      }
      boolean constant = random.nextDouble() < constantShare;
      parts.add(new OpSpec.Part(name, constant ? "const" : "", used, random.nextBoolean()));
    }
    var op =
        new OpSpec(
            "op" + ops.size(),
            random.nextInt(4) == 0 ? 2 : 1,
            deps,
            parts,
            random.nextDouble() < changingShare,
            lazy,
            inputs == 0 && random.nextInt(6) == 0,
            inputs == 0 && random.nextInt(4) == 0);
    ops.add(op);
    return op;
  }

  /** Lets some ops evaluate more while they run, a few of them what leads back to themselves. */
  private void nest() {
    for (var spec : specs) {
      if (random.nextDouble() > nestedShare || spec.op().nested().isPresent()) {
        continue;
      }
      boolean anywhere = random.nextInt(6) == 0;
      int bound = anywhere ? specs.size() : firstOf(spec.op());
      if (bound > 0) {
        var inner = specs.get(random.nextInt(bound));
        spec.op().nest(new Input(inner, random.nextInt(inner.op().outputs())));
      }
    }
  }

  private int firstOf(OpSpec op) {
    int first = 0;
    while (specs.get(first).op() != op) {
      first++;
    }
    return first;
  }
}
