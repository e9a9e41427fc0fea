package org.jbuildkit.session.files;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.protocol.fsutil.Stat;

/**
 * Refuses announcements that are unclean, lead out of the tree, come out of order, or stand below
 * what was not announced as a directory.
 */
final class PathCheck {
  /** The kernel takes no longer path. */
  private static final int MAX_PATH = 4096;

  private final ArrayDeque<ByteName> directories = new ArrayDeque<>();
  private ByteString last = ByteString.EMPTY;

  void accept(Stat stat) {
    var path = FileModes.path(stat);
    checkClean(path);
    var parent = path.parent().orElse(ByteName.EMPTY);
    while (!directories.isEmpty() && !directories.peek().equals(parent)) {
      directories.pop();
    }
    boolean known = parent.isEmpty() || !directories.isEmpty();
    if (!known || (!last.isEmpty() && FileModes.compare(last, stat.getPath()) >= 0)) {
      throw BuildException.failed(
          "changes out of order: \"" + path + "\" \"" + last.toStringUtf8() + "\"");
    }
    last = stat.getPath();
    if (FileModes.isDirectory(stat)) {
      directories.push(path);
    }
    if (FileModes.isHardLink(stat)) {
      checkClean(ByteName.of(stat.getLinkname().toByteArray()));
      if (FileModes.compare(stat.getLinkname(), stat.getPath()) >= 0) {
        throw BuildException.failed(
            "invalid link "
                + path
                + " to unknown path: \""
                + stat.getLinkname().toStringUtf8()
                + "\"");
      }
    }
  }

  private static void checkClean(ByteName path) {
    if (path.length() > MAX_PATH) {
      throw BuildException.failed("path of %d bytes is too long".formatted(path.length()));
    }
    if (!path.isEmpty() && path.byteAt(0) == '/') {
      throw BuildException.failed("absolute path " + path);
    }
    var rebuilt = ByteName.EMPTY;
    for (var component : path.components()) {
      var text = component.toString();
      if (text.equals("..")) {
        throw BuildException.failed("escape check failed for " + path);
      }
      if (!text.equals(".")) {
        rebuilt = rebuilt.resolve(component);
      }
    }
    if (path.isEmpty() || !rebuilt.equals(path) || path.toString().indexOf('\0') >= 0) {
      throw BuildException.failed("unclean path " + path);
    }
  }
}
