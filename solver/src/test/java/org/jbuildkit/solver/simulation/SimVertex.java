package org.jbuildkit.solver.simulation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.Solver;
import org.jbuildkit.solver.Vertex;
import org.jbuildkit.solver.simulation.SimResult.Value;

/** A vertex as one job has it, with its op. */
final class SimVertex implements Vertex<SimJob>, Op<SimJob> {
  private final World world;
  private final Solver<SimJob> solver;
  private final Spec spec;
  private final List<Edge<SimJob>> inputs;
  private final boolean forced;

  private SimVertex(
      World world, Solver<SimJob> solver, Spec spec, List<Edge<SimJob>> inputs, boolean forced) {
    this.world = world;
    this.solver = solver;
    this.spec = spec;
    this.inputs = inputs;
    this.forced = forced;
  }

  /** An edge with all vertices below. */
  static Edge<SimJob> edge(World world, Solver<SimJob> solver, Spec.Input to, Set<Spec> forced) {
    var made = new LinkedHashMap<Spec, SimVertex>();
    return new Edge<>(make(world, solver, to.spec(), forced, made), to.output());
  }

  private static SimVertex make(
      World world, Solver<SimJob> solver, Spec spec, Set<Spec> forced, Map<Spec, SimVertex> made) {
    var known = made.get(spec);
    if (known != null) {
      return known;
    }
    var inputs = new ArrayList<Edge<SimJob>>();
    for (var input : spec.inputs()) {
      inputs.add(new Edge<>(make(world, solver, input.spec(), forced, made), input.output()));
    }
    var vertex = new SimVertex(world, solver, spec, inputs, forced.contains(spec));
    made.put(spec, vertex);
    return vertex;
  }

  Spec spec() {
    return spec;
  }

  @Override
  public Digest digest() {
    return spec.digest();
  }

  @Override
  public List<Edge<SimJob>> inputs() {
    return inputs;
  }

  @Override
  public boolean ignoresCache() {
    return forced;
  }

  @Override
  public Op<SimJob> op() {
    return this;
  }

  @Override
  public CacheMap cacheMap(int index, OpContext<SimJob> context) throws InterruptedException {
    work(3);
    fail(world.chaos().keyFails(), "key");
    var op = spec.op();
    var deps = new ArrayList<CacheMap.Dep>();
    for (var dep : op.deps()) {
      Optional<CacheMap.ContentDigester> content =
          dep.byContent() ? Optional.of(input -> digest(input, dep.selector())) : Optional.empty();
      deps.add(new CacheMap.Dep(dep.selector(), content));
    }
    if (op.isRandom()) {
      return new CacheMap(CacheMap.RANDOM + op.digest() + world.era(), deps, true);
    }
    if (op.hasTwoMaps() && index == 0) {
      return new CacheMap(op.digest() + "/" + world.era(), deps, false);
    }
    return new CacheMap(op.digest(), deps, true);
  }

  private String digest(Result input, String selector) throws InterruptedException {
    world.digested();
    work(3);
    var value = ((SimResult) input).read();
    fail(world.chaos().digestFails(), "digest");
    return value.part(selector).digest();
  }

  @Override
  public List<Result> run(OpContext<SimJob> context, List<Result> given)
      throws IOException, InterruptedException {
    var values = given.stream().map(input -> ((SimResult) input).peek()).toList();
    var name = world.runs().name(spec, values);
    var run = world.runs().start(spec, forced, name);
    boolean done = false;
    try {
      var outputs = run(context, given, values, forced ? world.newId() + "private" : name);
      done = true;
      return outputs;
    } finally {
      world.runs().end(run, done);
      world.trace("end of run of %s: %s".formatted(spec, done));
    }
  }

  private List<Result> run(
      OpContext<SimJob> context, List<Result> given, List<Value> values, String name)
      throws InterruptedException {
    work(6);
    while (world.isEndless()) {
      world.threads().pause();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    var saved = new HashSet<String>();
    for (var input : given) {
      if (spec.op().isLazy()) {
        saved.addAll(((SimResult) input).saved());
      } else {
        ((SimResult) input).read();
      }
    }
    var more = nested(context);
    fail(world.chaos().opFails(), "op");
    work(4);
    boolean isPrivate = spec.op().isRandom() || name.contains("private");
    var outputs = new ArrayList<Result>();
    for (int i = 0; i < spec.op().outputs(); i++) {
      var value = world.compute(spec, i, values, more, isPrivate ? name + "private" : name);
      outputs.add(new SimResult(world, value, saved));
    }
    return outputs;
  }

  private List<Term> nested(OpContext<SimJob> context) throws InterruptedException {
    var nested = spec.op().nested();
    if (nested.isEmpty()) {
      return List.of();
    }
    try (var solved =
        solver.solveWithin(context, job -> edge(world, solver, nested.get(), job.forced()))) {
      return List.of(((SimResult) solved.result()).peek().all());
    }
  }

  /** Takes some time; some ops don't care for interruption. */
  private void work(int most) throws InterruptedException {
    int pauses = world.random().nextInt(most);
    boolean deaf = world.random().nextInt(8) == 0;
    for (int i = 0; i < pauses; i++) {
      world.threads().pause();
      if (!deaf && Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void fail(double probability, String kind) {
    if (world.chance(probability)) {
      var text = world.boom(kind, spec.op().digest());
      throw world.random().nextBoolean()
          ? BuildException.failed(text)
          : new IllegalStateException(text);
    }
  }
}
