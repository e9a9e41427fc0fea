package org.jbuildkit.engine.provenance;

import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;

/**
 * What a build used of the machine.
 *
 * @param machine samples of the whole machine meanwhile
 * @param steps by vertex
 */
public record MeasuredUsage(List<Json> machine, Map<Digest, Json.Obj> steps) {
  public static final MeasuredUsage NONE = new MeasuredUsage(List.of(), Map.of());

  public MeasuredUsage {
    machine = List.copyOf(machine);
    steps = Map.copyOf(steps);
  }
}
