package org.jbuildkit.solver.simulation;

import java.util.List;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.SharedGroup;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.solver.CachedResult;
import org.jbuildkit.solver.Participant;
import org.jbuildkit.solver.Solver;

/** One build: what it asks for, and checks on what it gets. */
final class SimJob implements Participant {
  private final World world;
  private final Solver<SimJob> solver;
  private final String id;
  private final List<Spec.Input> targets;
  private final Set<Spec> forced;
  private final Reference reference;
  private boolean cancelled;
  private boolean released;
  private boolean ended;
  private boolean succeeded;

  SimJob(
      World world, Solver<SimJob> solver, String id, List<Spec.Input> targets, Set<Spec> forced) {
    this.world = world;
    this.solver = solver;
    this.id = id;
    this.targets = targets;
    this.forced = forced;
    this.reference = new Reference(world.era(), forced);
  }

  @Override
  public String id() {
    return id;
  }

  Set<Spec> forced() {
    return forced;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean hasSucceeded() {
    return succeeded;
  }

  /** The body of the build's task. */
  void build() {
    world.trace(this + " starts");
    solver.open(this);
    try {
      if (world.random().nextBoolean()) {
        for (var target : targets) {
          solve(target);
        }
      } else {
        try (var scope = TaskScope.open(world.threads())) {
          targets.forEach(target -> scope.fork(() -> solve(target)));
          scope.join();
        }
      }
      succeeded = true;
    } catch (InterruptedException e) {
      if (!cancelled) {
        world.violation(id + " is interrupted though nobody cancelled it");
      }
      if (world.isEndless()) {
        awaitSilence();
      }
    } catch (RuntimeException e) {
      check(e);
    } finally {
      solver.release(this);
      ended = true;
      world.trace(id + " has ended");
    }
  }

  /** What nobody waits for ends, even though the build still has its states. */
  private void awaitSilence() {
    for (int i = 0; i < 20_000; i++) {
      if (world.runs().going() == 0) {
        return;
      }
      world.threads().pause();
    }
    world.violation("something runs on though nobody waits for it");
  }

  private String solve(Spec.Input target) throws InterruptedException {
    if (world.random().nextBoolean()) {
      try (var solved = solved(target)) {
        check(solved, target);
      }
      return id;
    }
    // As frontends do: in a task that a build that ends does not wait for.
    try (var slot =
        new SharedGroup(world.threads())
            .slot("tree of " + id, () -> solved(target), CachedResult::close)) {
      return slot.await(solved -> check(solved, target));
    }
  }

  private CachedResult solved(Spec.Input target) throws InterruptedException {
    return solver.solve(this, SimVertex.edge(world, solver, target, forced));
  }

  private String check(CachedResult solved, Spec.Input target) {
    world.threads().pause();
    var value = ((SimResult) solved.result()).peek();
    if (!reference.allows(value, target)) {
      world.violation("%s gets a wrong value: %s".formatted(id, reference.why()));
    }
    return id;
  }

  private void check(RuntimeException error) {
    if (released && error instanceof BuildException e && e.code() == ErrorCode.CANCELLED) {
      return;
    }
    if (!(error instanceof BuildException known)) {
      world.violation(id + " fails without being told where: " + error);
      return;
    }
    var text = BuildException.describe(error);
    var vertices =
        known.details().stream()
            .filter(ErrorDetail.Vertex.class::isInstance)
            .map(detail -> ((ErrorDetail.Vertex) detail).digest())
            .toList();
    if (vertices.size() != 1) {
      world.violation("%s fails with %s as places: %s".formatted(id, vertices, text));
      return;
    }
    if (text.contains("circular build")) {
      if (targets.stream().noneMatch(target -> Reference.mayBeCircular(target.spec()))) {
        world.violation(id + " fails as circular, and is not");
      }
      return;
    }
    var boom = world.boomIn(text);
    boolean isThere =
        targets.stream()
            .flatMap(target -> target.spec().closure(true).stream())
            .anyMatch(spec ->
                spec.digest().toString().equals(vertices.getFirst())
                    && boom.endsWith(" " + spec.op().digest()));
    if (!isThere) {
      world.violation("%s fails with %s at %s".formatted(id, text, vertices));
    }
  }

  /** Ends the build from outside, some time from now. */
  void cancelLater(SimThreads.Task task, int pauses) {
    for (int i = 0; i < pauses && !ended; i++) {
      world.threads().pause();
    }
    cancelled = true;
    world.trace(id + " is cancelled");
    task.interrupt();
  }

  /** Lets go of the build's states while it goes on, some time from now. */
  void releaseLater(int pauses) {
    for (int i = 0; i < pauses && !ended; i++) {
      world.threads().pause();
    }
    released = true;
    world.trace(id + " is released");
    solver.release(this);
  }

  @Override
  public String toString() {
    return "%s of %s, forcing %s".formatted(id, targets, forced);
  }
}
