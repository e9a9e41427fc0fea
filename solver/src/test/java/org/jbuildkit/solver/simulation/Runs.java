package org.jbuildkit.solver.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What ran, to tell runs that nobody needed. A run's name is its op and, for each input, the digest
 * of its content where the op is keyed by that, else what the input was made by. Whoever runs a
 * name again while it runs, or while its result is recorded and undamaged, has not looked.
 */
final class Runs {
  private final World world;
  private final Map<String, Run> newest = new HashMap<>();
  private final Map<String, Run> byResult = new HashMap<>();
  private int count;
  private int going;

  /** One run of an op, by the task that does it. */
  static final class Run {
    private final boolean forced;
    private final SimThreads.Task task;
    private boolean ended;
    private boolean succeeded;
    private final Set<String> recorded = new HashSet<>();

    private Run(boolean forced, SimThreads.Task task) {
      this.forced = forced;
      this.task = task;
    }
  }

  Runs(World world) {
    this.world = world;
  }

  /** The name of a run. */
  String name(Spec spec, List<SimResult.Value> inputs) {
    var name = new StringBuilder(spec.op().digest());
    for (int i = 0; i < inputs.size(); i++) {
      var dep = spec.op().deps().get(i);
      var value = inputs.get(i);
      name.append(' ').append(dep.selector()).append('=');
      name.append(dep.byContent() ? value.part(dep.selector()).digest() : value.name());
      if (!dep.byContent() && spec.inputs().get(i).spec().op().hasTwoMaps()) {
        // What was found by the first map is not known by the second.
        name.append('/').append(world.era());
      }
    }
    // Names are as deep as graphs: equal ones are called by a number.
    return world.shortName(name.toString());
  }

  Run start(Spec spec, boolean forced, String name) {
    count++;
    world.trace("run of %s %s as %s".formatted(spec, forced ? "forced" : "", name));
    var before = newest.get(name);
    if (before != null && !forced && !name.contains("private")) {
      boolean either = before.task.isToldToStop() || world.threads().current().isToldToStop();
      if (!before.ended && !before.forced && !either) {
        world.violation(spec + " runs while the same runs");
      }
      boolean kept =
          before.succeeded
              && spec.op().outputs() == 1
              && !before.recorded.isEmpty()
              && before.recorded.stream().noneMatch(world.store()::isDamaged);
      if (before.ended && kept) {
        world.violation(spec + " runs though its result is recorded: " + name);
      }
    }
    var run = new Run(forced, world.threads().current());
    newest.put(name, run);
    going++;
    return run;
  }

  void end(Run run, boolean withSuccess) {
    run.ended = true;
    run.succeeded = withSuccess;
    going--;
  }

  /** How many go on. */
  int going() {
    return going;
  }

  void savedAs(String resultId, String name) {
    var run = newest.get(name.replaceAll("@.*", ""));
    if (run != null && run.ended) {
      byResult.put(resultId, run);
    }
  }

  /** Whoever was given up may record while another already looked. */
  void recorded(String resultId) {
    var run = byResult.get(resultId);
    if (run != null && !world.threads().current().isToldToStop() && !run.forced) {
      run.recorded.add(resultId);
    }
  }

  int count() {
    return count;
  }
}
