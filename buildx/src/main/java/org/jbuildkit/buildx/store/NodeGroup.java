package org.jbuildkit.buildx.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/** A builder as it is kept: its driver and nodes. */
public record NodeGroup(String name, String driver, List<StoredNode> nodes, boolean isDynamic) {
  public NodeGroup {
    nodes = List.copyOf(nodes);
  }

  public NodeGroup withNodes(List<StoredNode> changed) {
    return new NodeGroup(name, driver, changed, isDynamic);
  }

  public Optional<StoredNode> node(String wanted) {
    return nodes.stream().filter(node -> node.name().equals(wanted)).findFirst();
  }

  /** The file's bytes. */
  byte[] bytes() {
    return Json.object()
        .put("Name", name)
        .put("Driver", driver)
        .put("Nodes", new Json.Arr(nodes.stream().<Json>map(StoredNode::toJson).toList()))
        .put("Dynamic", isDynamic)
        .build()
        .bytes();
  }

  /**
   * @throws IllegalArgumentException if it is no JSON object
   */
  static NodeGroup parse(byte[] bytes) {
    var json = Json.parseObject(bytes);
    var nodes = new ArrayList<StoredNode>();
    for (var element : json.array("Nodes")) {
      if (element instanceof Json.Obj node) {
        nodes.add(StoredNode.fromJson(node));
      }
    }
    return new NodeGroup(json.text("Name"), json.text("Driver"), nodes, json.flag("Dynamic"));
  }
}
