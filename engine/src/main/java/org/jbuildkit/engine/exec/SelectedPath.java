package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.linux.OpenMode;
import org.jbuildkit.linux.Resolve;

/**
 * A part of a tree, bound to a place of our own by descriptor: whatever happens to names in the
 * tree meanwhile, the container gets what was looked at.
 */
record SelectedPath(Path path) implements AutoCloseable {

  /**
   * @param target where the part is bound to; must not exist
   */
  static SelectedPath open(Path tree, ContainerPath selector, Path target) throws IOException {
    try (var root = Dir.open(tree);
        var part = root.openFile(selector.relative(), OpenMode.HANDLE, 0, Resolve.IN_ROOT)) {
      var stat = part.stat();
      if (stat.isDirectory()) {
        Files.createDirectory(target);
      } else if (stat.isRegular()) {
        Files.createFile(target);
      } else {
        throw BuildException.invalid("invalid mount source " + selector + ": not a file or folder");
      }
      bind(part, target);
      return new SelectedPath(target);
    } catch (LinuxException e) {
      if (e.isMissing()) {
        throw new IOException("open %s: no such file or directory".formatted(selector), e);
      }
      throw e;
    }
  }

  private static void bind(Fd part, Path target) throws IOException {
    var from = ByteName.ofText(part.procPath());
    Mounts.bind(from, ByteName.ofText(target.toString()), true, false);
  }

  @Override
  public void close() throws IOException {
    Mounts.detach(ByteName.ofText(path.toString()));
  }
}
