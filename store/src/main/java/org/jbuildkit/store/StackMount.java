package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One way to show a stack of layers in overlayfs's form. */
interface StackMount {

  /** The name reported to clients. */
  String name();

  /** How many lower layers a mount takes. */
  int maxLayers();

  /**
   * Mounts at an existing folder.
   *
   * @param lower lowest first, at least one, and two if there is no upper one
   */
  void mount(LayerFolders layers, List<String> lower, Optional<String> upper, Path target)
      throws IOException, InterruptedException;

  /** Brings what was written to an upper layer into overlayfs's form, after its mount has ended. */
  void settle(Path content) throws IOException;
}
