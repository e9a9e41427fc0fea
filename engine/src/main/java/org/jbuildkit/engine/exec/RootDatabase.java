package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.RootedPath;

/** A tree's own list of users or groups. */
public final class RootDatabase {
  private static final int MAX_SIZE = 10 << 20;

  private RootDatabase() {}

  /**
   * The text of {@code /etc/passwd} or {@code /etc/group}; empty if there is none.
   *
   * @param root stays the caller's; links are followed within it
   * @throws BuildException if the file is larger than 10 MiB
   */
  public static String read(Dir root, String database) throws IOException {
    var path = RootedPath.resolve(root, ByteName.ofText(database), true);
    var stat = root.tryStat(path);
    if (stat.isEmpty() || !stat.get().isRegular()) {
      return "";
    }
    if (stat.get().size() > MAX_SIZE) {
      throw BuildException.failed(database + " is larger than 10 MiB");
    }
    try (var file = root.openRead(path);
        var in = file.input(false)) {
      return new String(in.readNBytes(MAX_SIZE), StandardCharsets.UTF_8);
    }
  }
}
