package org.jbuildkit.executor.usage;

import java.time.Clock;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.StepUsage;
import org.jbuildkit.engine.usage.CpuTimes;
import org.jbuildkit.engine.usage.Sampler;

/**
 * Measures one step. A step that ends before the first sample costs two reads of one file, and says
 * what the machine's processors did meanwhile.
 */
public final class StepMeter implements AutoCloseable {
  private static final int MOST = 10;

  private final Optional<ControlGroup> group;
  private final Optional<CpuTimes> before;
  private final Sampler sampler;

  /**
   * @param id of the container
   * @param group the container's; empty if it is not known
   */
  public StepMeter(String id, Optional<ControlGroup> group, Clock clock) {
    this.group = group;
    this.before = CpuTimes.now();
    this.sampler =
        Sampler.start(
            id, MOST, () -> group.flatMap(known -> known.sample(clock.instant().toString())));
  }

  /** What was used; to be asked when the step has ended. */
  public StepUsage usage() {
    sampler.close();
    var json = Json.object();
    var samples = sampler.samples();
    if (!samples.isEmpty()) {
      json.put("samples", new Json.Arr(samples));
    }
    var after = CpuTimes.now();
    if (before.isPresent() && after.isPresent()) {
      json.put("sysCPUStat", after.get().since(before.get()).toJson());
    }
    boolean killed = group.filter(known -> known.memoryKills() > 0).isPresent();
    return new StepUsage(json.build(), killed);
  }

  @Override
  public void close() {
    sampler.close();
  }
}
