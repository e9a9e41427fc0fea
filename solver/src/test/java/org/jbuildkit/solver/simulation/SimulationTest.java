package org.jbuildkit.solver.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random builds on the real solver. {@code -Dsimulation.seed=N} runs one seed, {@code
 * -Dsimulation.count=N} as many as wanted, from the clock on.
 */
class SimulationTest {
  @Test
  void randomBuildsGiveWhatANaiveEvaluationGivesAndLeaveNothingBehind() throws Exception {
    var one = Long.getLong("simulation.seed");
    long first = one == null ? System.currentTimeMillis() * 1000 : one;
    int count = one == null ? Integer.getInteger("simulation.count", 3_000) : 1;
    System.out.println("simulation: %d seeds from %d".formatted(count, first));
    assertThat(SimulationMain.failures(first, count)).as("failing seeds").isEmpty();
  }
}
