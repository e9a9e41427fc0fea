package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.solver.Solver;
import org.jbuildkit.solver.Vertex;
import org.jbuildkit.solver.VertexProgress;

/**
 * One simulation: some rounds of concurrent builds of one random graph, with failures, cancelled
 * builds and damaged results, each round over the cache of the former ones; then two builds while
 * nothing goes wrong, the second of which must find everything. All of it follows from the seed.
 */
final class Simulation {
  private final World world;
  private final KeyRows rows;
  private final List<Spec> specs;
  private final boolean unsteady;
  private KeyGraph keys;

  private Simulation(long seed) {
    world = new World(seed);
    rows = new KeyRows(world);
    keys = new KeyGraph(rows, world::newId);
    var graphs = new Graphs(world.random());
    specs = graphs.make();
    unsteady = graphs.isUnsteady();
  }

  /** What went wrong, or nothing. */
  static Optional<String> run(long seed) {
    var simulation = new Simulation(seed);
    try {
      simulation.rounds();
      simulation.repetition();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      simulation.world.violation(e.toString());
    }
    var violations = simulation.world.violations();
    return violations.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "seed %d: %s%n%s".formatted(seed, String.join("\n", violations), simulation.specs));
  }

  private void rounds() throws InterruptedException {
    int rounds = 1 + world.random().nextInt(unsteady ? 8 : 3);
    for (int i = 0; i < rounds && world.violations().isEmpty(); i++) {
      int jobs = world.isEndless() ? 1 : 1 + world.random().nextInt(4);
      round(solver -> chaos(solver, jobs));
      if (world.random().nextBoolean()) {
        keys = new KeyGraph(rows, world::newId);
      }
      if (world.random().nextBoolean()) {
        world.nextEra();
      }
      for (int n = world.random().nextInt(3); n > 0; n--) {
        world.store().damage();
      }
    }
  }

  private interface Round {
    List<SimJob> start(Solver<SimJob> solver);
  }

  private List<SimJob> round(Round round) throws InterruptedException {
    world.newThreads();
    world.trace("round, era " + world.era());
    var threads = world.threads();
    var solver =
        new Solver<SimJob>(
            keys, world.store(), world.clock(), this::progress, (_, _) -> {}, threads);
    var jobs = round.start(solver);
    threads.run();
    threads.failure().ifPresent(e -> world.violation("a task failed: " + e));
    threads
        .deadlock()
        .ifPresent(
            text -> world.violation(text + "\nrunning:\n  " + String.join("\n  ", dump(solver))));
    if (threads.deadlock().isEmpty()) {
      checkNothingIsLeft(solver, jobs);
    }
    return jobs;
  }

  private static List<String> dump(Solver<SimJob> solver) {
    return solver.running().stream().map(Object::toString).toList();
  }

  private void checkNothingIsLeft(Solver<SimJob> solver, List<SimJob> jobs) {
    for (var job : jobs) {
      if (!job.hasEnded()) {
        world.violation(job + " has not ended");
      }
    }
    if (!solver.isIdle()) {
      world.violation("states are left");
    }
    if (!solver.running().isEmpty()) {
      world.violation("something runs: " + dump(solver));
    }
    if (world.opened() != 0) {
      world.violation("%d handles are left open".formatted(world.opened()));
    }
  }

  private List<SimJob> chaos(Solver<SimJob> solver, int count) {
    var random = world.random();
    var jobs = new ArrayList<SimJob>();
    int rarity = random.nextInt(3) == 0 ? 2 : 8;
    for (int i = 0; i < count; i++) {
      Set<Spec> forced = new HashSet<>();
      double share = random.nextInt(unsteady ? 2 : 3) == 0 ? random.nextDouble() * 0.5 : 0;
      specs.stream().filter(_ -> random.nextDouble() < share).forEach(forced::add);
      var job = new SimJob(world, solver, "job" + i, targets(), forced);
      jobs.add(job);
      var task = world.threads().start(job.id(), job::build);
      if (world.isEndless() || random.nextInt(rarity) == 0) {
        int pauses = random.nextInt(400);
        world.threads().start("cancel", () -> job.cancelLater(task, pauses));
      }
      if (!world.isEndless() && random.nextInt(rarity) == 0) {
        int pauses = random.nextInt(400);
        world.threads().start("release", () -> job.releaseLater(pauses));
      }
    }
    if (random.nextInt(3) == 0) {
      int pauses = random.nextInt(400);
      world.threads().start("damage", () -> damageLater(pauses));
    }
    if (random.nextInt(3) == 0) {
      int pauses = random.nextInt(200);
      world.threads().start("forget", () -> forgetLater(pauses));
    }
    return jobs;
  }

  /** Keys that builds still use may go as well: two times without a pause between them. */
  private void forgetLater(int pauses) {
    for (int i = 0; i < pauses; i++) {
      world.threads().pause();
    }
    var store = world.store();
    keys.resultIds().stream().filter(store::isDamaged).forEach(keys::removeResult);
    keys.release();
    if (world.random().nextBoolean()) {
      keys.release();
    }
  }

  private void damageLater(int pauses) {
    for (int i = 0; i < pauses; i++) {
      world.threads().pause();
    }
    world.store().damage();
  }

  private List<Spec.Input> targets() {
    var targets = new LinkedHashSet<Spec.Input>();
    for (int n = 1 + world.random().nextInt(2); n > 0; n--) {
      boolean last = world.random().nextBoolean();
      var spec = last ? specs.getLast() : specs.get(world.random().nextInt(specs.size()));
      targets.add(new Spec.Input(spec, world.random().nextInt(spec.op().outputs())));
    }
    return List.copyOf(targets);
  }

  private VertexProgress<SimJob> progress(Vertex<SimJob> vertex) {
    return new SimProgress(world);
  }

  /**
   * Where outcomes change, one target may be found by what the other one no longer is; so there is
   * only one then.
   */
  private void repetition() throws InterruptedException {
    var targets =
        targets().stream()
            .filter(target ->
                target.spec().closure(true).stream().noneMatch(spec -> spec.op().isRandom()))
            .filter(target -> !Reference.mayBeCircular(target.spec()))
            .limit(specs.stream().anyMatch(spec -> spec.op().isChanging()) ? 1 : 2)
            .toList();
    if (targets.isEmpty() || !world.violations().isEmpty()) {
      return;
    }
    world.calm();
    quietly(targets);
    if (world.random().nextBoolean()) {
      keys = new KeyGraph(rows, world::newId);
    }
    int runs = world.runs().count();
    int digests = world.digests();
    int loads = world.store().loads();
    quietly(targets);
    if (world.runs().count() > runs) {
      world.violation("a repeated build runs something: " + targets);
    }
    if (world.digests() > digests) {
      world.violation("a repeated build looks at content: " + targets);
    }
    if (world.store().loads() > loads + targets.size()) {
      world.violation("a repeated build loads what is below its result: " + targets);
    }
  }

  private void quietly(List<Spec.Input> targets) throws InterruptedException {
    var jobs =
        round(solver -> {
          var job = new SimJob(world, solver, "repeat", targets, Set.of());
          world.threads().start(job.id(), job::build);
          return List.of(job);
        });
    if (!jobs.getFirst().hasSucceeded()) {
      world.violation("a build fails though nothing goes wrong");
    }
  }
}
