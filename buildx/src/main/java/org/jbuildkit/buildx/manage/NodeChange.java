package org.jbuildkit.buildx.manage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.store.BuilderName;
import org.jbuildkit.buildx.store.NodeGroup;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.oci.Platform;

/**
 * What a node is to be, or to become.
 *
 * @param isExplicit whether the endpoint replaces that of an existing node
 * @param platforms replace the node's if there are any; so do options and flags
 */
record NodeChange(
    String endpoint,
    boolean isExplicit,
    List<Platform> platforms,
    SequencedMap<String, String> options,
    List<String> flags,
    SequencedMap<String, String> files) {

  /**
   * The builder with the node changed or added.
   *
   * @param name of the node; may be empty for a new one
   */
  NodeGroup apply(NodeGroup group, String name, boolean append) {
    var existing = name.isEmpty() ? Optional.<StoredNode>empty() : group.node(name);
    if (existing.isEmpty() && !append && !group.nodes().isEmpty()) {
      throw BuildException.failed("node " + name + " not found, did you mean to append?");
    }
    var node = existing.map(this::changed).orElseGet(() -> fresh(group, name));
    var nodes = new ArrayList<StoredNode>();
    boolean replaced = false;
    for (var other : group.nodes()) {
      if (other.name().equals(node.name())) {
        nodes.add(node);
        replaced = true;
      } else {
        nodes.add(without(other, node.platformList()));
      }
    }
    if (!replaced) {
      nodes.add(node);
    }
    for (var other : nodes) {
      boolean same = other.endpoint().equals(node.endpoint()) && !other.name().equals(node.name());
      if (same && !group.driver().equals("local")) {
        throw BuildException.failed("invalid duplicate endpoint " + node.endpoint());
      }
    }
    return group.withNodes(nodes);
  }

  private StoredNode changed(StoredNode node) {
    var merged = new LinkedHashMap<>(node.files().orElse(new LinkedHashMap<>()));
    merged.putAll(files);
    return new StoredNode(
        node.name(),
        isExplicit ? endpoint : node.endpoint(),
        platforms.isEmpty() ? node.platforms() : Optional.of(platforms),
        options.isEmpty() ? node.options() : Optional.of(options),
        flags.isEmpty() ? node.flags() : Optional.of(flags),
        merged.isEmpty() ? node.files() : Optional.of(merged));
  }

  private StoredNode fresh(NodeGroup group, String name) {
    var chosen = name.isEmpty() ? freeName(group) : BuilderName.normalized(name);
    return new StoredNode(
        chosen,
        endpoint,
        platforms.isEmpty() ? Optional.empty() : Optional.of(platforms),
        options.isEmpty() ? Optional.empty() : Optional.of(options),
        flags.isEmpty() ? Optional.empty() : Optional.of(flags),
        files.isEmpty() ? Optional.empty() : Optional.of(files));
  }

  private static String freeName(NodeGroup group) {
    int i = 0;
    while (group.node(group.name() + i).isPresent()) {
      i++;
    }
    return group.name() + i;
  }

  /** Each platform belongs to one node. */
  private static StoredNode without(StoredNode node, List<Platform> taken) {
    return node.withPlatforms(
        node.platformList().stream().filter(platform -> !taken.contains(platform)).toList());
  }
}
