package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * File trees as stacks of layers. A layer is a directory of its own that holds only what differs
 * from the layers below it; a tree is mounted from a list of them.
 *
 * <p>A worked example: {@code create("a")}; {@code mount([], "a", at)} gives an empty writable
 * tree, written to and unmounted. {@code create("b")}; {@code mount(["a"], "b", at)} gives a
 * writable copy of it; what is changed lands in {@code b} alone. {@code mount(["a", "b"], none,
 * at)} shows the result, read-only.
 */
public interface Snapshotter {

  /** The name reported to clients, {@code overlayfs} for instance. */
  String name();

  /** Makes an empty layer. */
  void create(String layer) throws IOException;

  /** The layer's own content: what differs from the layers below, in the snapshotter's form. */
  Path content(String layer);

  /** The name of a layer that is always there and has no content. */
  String empty();

  /** A folder that lives as long as the layer, for notes about it; not part of its content. */
  Path folder(String layer);

  /**
   * Mounts a tree at an existing empty folder.
   *
   * @param lower layers below, bottom first
   * @param upper the layer that takes changes; without one the tree is read-only
   */
  void mount(List<String> lower, Optional<String> upper, Path target)
      throws IOException, InterruptedException;

  /** Ends a mount made by {@link #mount}; content written is in the upper layer afterwards. */
  void unmount(Path target) throws IOException;

  /** Bytes that the layer's own content takes on disk. */
  long usage(String layer) throws IOException;

  /** Removes a layer that no mount uses; an absent one is fine. */
  void remove(String layer) throws IOException;

  /** Removes every layer but these, and all mounts: at start. */
  void sweep(Set<String> keep) throws IOException;
}
