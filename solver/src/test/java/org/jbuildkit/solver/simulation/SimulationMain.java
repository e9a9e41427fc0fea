package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jbuildkit.base.TaskScope;

/** Runs many simulations: {@code SimulationMain FIRST_SEED COUNT}. */
final class SimulationMain {
  private static final int AT_ONCE = 2;
  private static final int ENOUGH = 5;

  private SimulationMain() {}

  public static void main(String[] args) throws InterruptedException {
    long first = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    long begin = System.nanoTime();
    var failures = failures(first, count);
    failures.forEach(System.out::println);
    System.out.printf(
        "%d seeds from %d: %d failures seen, %.1f s%n",
        count, first, failures.size(), (System.nanoTime() - begin) / 1e9);
  }

  /** What went wrong with some seeds; stops when that is enough. */
  static List<String> failures(long first, int count) throws InterruptedException {
    var failures = Collections.synchronizedList(new ArrayList<String>());
    try (var scope = TaskScope.open()) {
      for (int part = 0; part < AT_ONCE; part++) {
        int offset = part;
        scope.fork(() -> {
          for (int i = offset; i < count && failures.size() < ENOUGH; i += AT_ONCE) {
            Simulation.run(first + i).ifPresent(failures::add);
          }
          return offset;
        });
      }
      scope.join();
    }
    return failures;
  }
}
