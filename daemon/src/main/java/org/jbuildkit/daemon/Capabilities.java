package org.jbuildkit.daemon;

import java.util.List;
import java.util.Set;
import org.jbuildkit.protocol.keys.CapabilityIds;

/** What clients are told that this daemon can do: of the protocol's ids, those that work. */
final class Capabilities {
  private static final List<String> LLB_PREFIXES =
      List.of(
          "constraints",
          "diffop",
          "exec.",
          "exporter.image.annotations",
          "exporter.image.attestations",
          "exporter.multiple",
          "exporter.session",
          "exporter.sourcedateepoch",
          "file.",
          "gc.freespacefilter",
          "history.filter",
          "mergeop",
          "meta.description",
          "meta.ignorecache",
          "passthroughop",
          "platform",
          "soruce.http",
          "source.git",
          "source.http",
          "source.image",
          "source.local",
          "source.ocilayout",
          "source.policy");
  private static final Set<String> UNSERVED =
      Set.of("exec.meta.network.proxy", "exec.meta.security.devices.v1");
  private static final List<String> FRONTEND =
      List.of(
          "frontend.caps",
          "frontend.inputs",
          "gateway.evaluate",
          "gateway.exec",
          "gateway.exec.extrahosts",
          "gateway.exec.filesystem",
          "gateway.exec.secretenv",
          "gateway.exec.signals",
          "gateway.solve.evaluate",
          "gateway.solve.metadata",
          "gateway.warnings",
          "proto.refarray",
          "readdir",
          "readfile",
          "reference.output",
          "resolveimage",
          "resolveimage.resolvemode",
          "return",
          "returnmap",
          "solve.base",
          "solve.inlinereturn",
          "source.metaresolver",
          "statfile");

  private Capabilities() {}

  /** Sorted ids of what definitions may use. */
  static List<String> llb() {
    return CapabilityIds.LLB.stream()
        .filter(id -> LLB_PREFIXES.stream().anyMatch(id::startsWith))
        .filter(id -> !UNSERVED.contains(id))
        .toList();
  }

  /** Sorted ids of what frontends may call. */
  static List<String> frontend() {
    return CapabilityIds.FRONTEND.stream().filter(FRONTEND::contains).toList();
  }
}
