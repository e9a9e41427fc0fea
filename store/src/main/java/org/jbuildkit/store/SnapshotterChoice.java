package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;

/** Snapshotters by the names that users give them. All read the same layers. */
public enum SnapshotterChoice {
  AUTO,
  OVERLAYFS,
  FUSE_OVERLAYFS,
  NATIVE;

  /**
   * @throws BuildException if there is none of this name
   */
  public static SnapshotterChoice parse(String name) {
    return switch (name) {
      case "", "auto" -> AUTO;
      case "overlayfs" -> OVERLAYFS;
      case "fuse-overlayfs" -> FUSE_OVERLAYFS;
      case "native" -> NATIVE;
      default ->
          throw BuildException.invalid(
              "unknown snapshotter %s: use auto, overlayfs, fuse-overlayfs or native"
                  .formatted(name));
    };
  }

  /**
   * Opens or creates the layers below an absolute folder; {@link #AUTO} takes the first that can
   * mount there.
   *
   * @throws IOException if the one that was asked for can't be used here
   */
  public Snapshotter open(Path folder) throws IOException, InterruptedException {
    return switch (this) {
      case OVERLAYFS -> tried(OverlaySnapshotter.open(folder), folder);
      case FUSE_OVERLAYFS -> openFuse(folder);
      case NATIVE -> NativeSnapshotter.open(folder);
      case AUTO -> openAny(folder);
    };
  }

  private static Snapshotter openAny(Path folder) throws IOException, InterruptedException {
    try {
      return OVERLAYFS.open(folder);
    } catch (IOException notHere) {
      return FuseOverlay.isInstalled() ? FUSE_OVERLAYFS.open(folder) : NATIVE.open(folder);
    }
  }

  private static Snapshotter openFuse(Path folder) throws IOException, InterruptedException {
    if (!FuseOverlay.isInstalled()) {
      throw new IOException("fuse-overlayfs is not on the path, or the kernel has no fuse");
    }
    return tried(OverlaySnapshotter.openFuse(folder), folder);
  }

  /** Mounts once: some file systems can't carry an overlay. */
  private static Snapshotter tried(Snapshotter snapshotter, Path folder)
      throws IOException, InterruptedException {
    var lower = "try-" + RandomId.next();
    var upper = "try-" + RandomId.next();
    var target = Files.createTempDirectory(folder, "try-");
    try {
      snapshotter.create(lower);
      snapshotter.create(upper);
      snapshotter.mount(List.of(lower), Optional.of(upper), target);
      snapshotter.unmount(target);
      return snapshotter;
    } finally {
      snapshotter.remove(lower);
      snapshotter.remove(upper);
      Files.delete(target);
    }
  }
}
