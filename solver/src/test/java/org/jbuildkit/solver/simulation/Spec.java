package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;

/** A vertex of a random graph; inputs have lower numbers. */
final class Spec {
  private final int number;
  private final OpSpec op;
  private final List<Input> inputs;

  /** An output of another vertex. */
  record Input(Spec spec, int output) {}

  Spec(int number, OpSpec op, List<Input> inputs) {
    this.number = number;
    this.op = op;
    this.inputs = List.copyOf(inputs);
  }

  int number() {
    return number;
  }

  OpSpec op() {
    return op;
  }

  List<Input> inputs() {
    return inputs;
  }

  Digest digest() {
    return Digest.sha256("vertex" + number);
  }

  /** This and all below. */
  Set<Spec> closure(boolean evenNested) {
    var all = new LinkedHashSet<Spec>();
    var pending = new ArrayList<>(List.of(this));
    while (!pending.isEmpty()) {
      var spec = pending.removeLast();
      if (all.add(spec)) {
        spec.inputs.forEach(input -> pending.add(input.spec()));
        if (evenNested) {
          spec.op.nested().ifPresent(nested -> pending.add(nested.spec()));
        }
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return "v"
        + number
        + "="
        + op.digest()
        + inputs.stream().map(i -> "v" + i.spec().number).toList()
        + op.nested().map(inner -> " nesting v" + inner.spec().number).orElse("");
  }

  /** What an op does; its digest stands for all of it. */
  static final class OpSpec {
    private final String digest;
    private final int outputs;
    private final List<Dep> deps;
    private final List<Part> parts;
    private final boolean changing;
    private final boolean lazy;
    private final boolean random;
    private final boolean twoMaps;
    private Optional<Input> nested = Optional.empty();

    /**
     * @param selector the part that is used, or empty for all
     */
    record Dep(String selector, boolean byContent) {}

    /**
     * A part that may be selected.
     *
     * @param constant what it is, whatever the inputs, if not empty
     * @param inputs which inputs it is made from
     */
    record Part(String name, String constant, List<Integer> inputs, boolean changes) {}

    OpSpec(
        String digest,
        int outputs,
        List<Dep> deps,
        List<Part> parts,
        boolean changing,
        boolean lazy,
        boolean random,
        boolean twoMaps) {
      this.digest = digest;
      this.outputs = outputs;
      this.deps = List.copyOf(deps);
      this.parts = List.copyOf(parts);
      this.changing = changing;
      this.lazy = lazy;
      this.random = random;
      this.twoMaps = twoMaps;
    }

    String digest() {
      return digest;
    }

    int outputs() {
      return outputs;
    }

    List<Dep> deps() {
      return deps;
    }

    Part part(String name) {
      return parts.stream().filter(part -> part.name().equals(name)).findFirst().orElseThrow();
    }

    /** Whether running it in another era gives something else. */
    boolean isChanging() {
      return changing;
    }

    /** Whether it runs without looking at its inputs. */
    boolean isLazy() {
      return lazy;
    }

    /** Whether its key holds for one era only and is never stored. */
    boolean isRandom() {
      return random;
    }

    /** Whether it is keyed by what changes and then by what does not. */
    boolean hasTwoMaps() {
      return twoMaps;
    }

    /** What it evaluates while it runs. */
    Optional<Input> nested() {
      return nested;
    }

    void nest(Input input) {
      nested = Optional.of(input);
    }
  }
}
