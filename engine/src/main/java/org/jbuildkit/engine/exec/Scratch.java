package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.Mounts;

/** The folder for what only lasts as long as a step. */
public final class Scratch {
  private Scratch() {}

  /**
   * Makes the folder, or frees it of mounts and files that a dead process left.
   *
   * @param folder absolute, of our own
   */
  public static Path open(Path folder) throws IOException {
    var name = ByteName.ofText(folder.toString());
    for (var mount : MountEntry.under(name)) {
      Mounts.detach(mount.mountPoint());
    }
    Files.createDirectories(folder);
    try (var dir = Dir.open(folder)) {
      for (var entry : dir.list()) {
        dir.removeTree(entry.name());
      }
    }
    return folder;
  }
}
