package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.FileSystemSpace;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.Mounts;

/** Shows stacks of layers as files, each at a place of its own. */
final class LayerMounts {
  private final Path folder;
  private final Snapshotter snapshotter;

  private LayerMounts(Path folder, Snapshotter snapshotter) {
    this.folder = folder;
    this.snapshotter = snapshotter;
  }

  /** Makes the folder, or frees it of what a dead process left mounted. */
  static LayerMounts open(Path folder, Snapshotter snapshotter) throws IOException {
    Files.createDirectories(folder);
    for (var mount : MountEntry.under(ByteName.ofText(folder.toString()))) {
      Mounts.detach(mount.mountPoint());
    }
    try (var places = Files.newDirectoryStream(folder)) {
      for (var place : places) {
        Files.delete(place);
      }
    }
    return new LayerMounts(folder, snapshotter);
  }

  /**
   * Mounts layers, lowest first.
   *
   * @param writable takes the changes; none for a tree that can't be changed
   */
  MountedTree mount(List<String> lower, Optional<String> writable)
      throws IOException, InterruptedException {
    var target = Files.createTempDirectory(folder, "m");
    try {
      snapshotter.mount(lower, writable, target);
    } catch (IOException | RuntimeException e) {
      Files.delete(target);
      throw e;
    }
    return new MountedTree(target, Optional.of(snapshotter));
  }

  /** Bytes that are left where the layers are. */
  long freeSpace() throws IOException {
    return FileSystemSpace.of(folder.toString()).availableBytes();
  }
}
