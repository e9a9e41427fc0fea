package org.jbuildkit.buildx.manage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.worker.GCPolicy;

/** A builder with all that is known of its nodes. */
record BuilderStatus(
    Builder builder, boolean isCurrent, Optional<Instant> lastActivity, List<NodeStatus> nodes) {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  String lastActivityText() {
    return lastActivity.map(Instant::toString).orElse(NEVER);
  }

  /** The builder as listings in JSON have it. */
  Json.Obj toJson() {
    return Json.object()
        .put("Current", isCurrent)
        .put("Driver", builder.driver())
        .put("Dynamic", builder.group().isDynamic())
        .put("LastActivity", lastActivityText())
        .put("Name", builder.name())
        .put("Nodes", new Json.Arr(nodes.stream().<Json>map(BuilderStatus::node).toList()))
        .build();
  }

  private static Json.Obj node(NodeStatus status) {
    var node = status.node();
    var json = Json.object();
    node.options()
        .filter(map -> !map.isEmpty())
        .ifPresent(map -> json.put("DriverOpts", Json.ofMap(map)));
    json.put("Endpoint", node.endpoint()).putUnlessEmpty("Err", status.error());
    node.files().filter(map -> !map.isEmpty()).ifPresent(map -> json.put("Files", Json.ofMap(map)));
    json.putUnlessEmpty("Flags", node.flags().orElse(List.of()));
    if (!status.workers().isEmpty()) {
      var worker = status.workers().getFirst();
      if (worker.getGCPolicyCount() > 0) {
        json.put(
            "GCPolicy",
            new Json.Arr(
                worker.getGCPolicyList().stream().<Json>map(BuilderStatus::policy).toList()));
      }
      json.putUnlessEmpty(
          "IDs", status.workers().stream().map(record -> record.getID()).sorted().toList());
      json.putUnlessEmpty("Labels", new TreeMap<>(worker.getLabelsMap()));
    }
    json.put("Name", node.name());
    json.putUnlessEmpty("Platforms", status.platforms().stream().map(Platform::formatAll).toList());
    return json.putUnlessEmpty("Status", status.status())
        .putUnlessEmpty("Version", status.version())
        .build();
  }

  private static Json policy(GCPolicy policy) {
    var filters = new ArrayList<String>(policy.getFiltersList());
    return Json.object()
        .put("all", policy.getAll())
        .put("filter", filters.isEmpty() ? new Json.Null() : Json.ofTexts(filters))
        .put("keepDuration", policy.getKeepDuration())
        .put("maxUsedSpace", policy.getMaxUsedSpace())
        .put("minFreeSpace", policy.getMinFreeSpace())
        .put("reservedSpace", policy.getReservedSpace())
        .build();
  }
}
