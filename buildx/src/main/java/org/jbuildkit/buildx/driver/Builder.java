package org.jbuildkit.buildx.driver;

import java.util.List;
import org.jbuildkit.buildx.store.NodeGroup;
import org.jbuildkit.buildx.store.StoredNode;

/**
 * A builder that commands work on.
 *
 * @param isStored whether it is kept in the store; the preset one is not
 */
public record Builder(NodeGroup group, boolean isStored) {
  public String name() {
    return group.name();
  }

  public String driver() {
    return group.driver();
  }

  public List<StoredNode> nodes() {
    return group.nodes();
  }
}
