package org.jbuildkit.linux;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;

/**
 * Resolves links inside a directory as if it were the root of the file system: the result is a
 * relative path of which no component is a link, to be used with {@link Dir}'s calls, which refuse
 * links. So a name swapped for a link in between makes the call fail instead of leading outside.
 */
public final class RootedPath {
  private static final int MAX_LINKS = 255;
  private static final int MAX_PATH = 4096;
  private static final ByteName DOT = ByteName.ofText(".");
  private static final ByteName DOT_DOT = ByteName.ofText("..");

  private RootedPath() {}

  /**
   * @param path absolute or relative, taken from the root
   * @param followLast whether a link at the end is followed too
   * @return the path below the root, empty for the root itself; components that don't exist are
   *     kept as they are
   * @throws IOException {@code too many links} after 255 of them; {@code file name too long} for a
   *     path that no call would take
   */
  public static ByteName resolve(Dir root, ByteName path, boolean followLast) throws IOException {
    if (path.length() > MAX_PATH) {
      throw new IOException("file name too long");
    }
    var pending = new ArrayDeque<>(path.components());
    List<ByteName> resolved = new ArrayList<>();
    int links = 0;
    while (!pending.isEmpty()) {
      var part = pending.poll();
      if (part.equals(DOT)) {
        continue;
      }
      if (part.equals(DOT_DOT)) {
        if (!resolved.isEmpty()) {
          resolved.removeLast();
        }
        continue;
      }
      var here = join(resolved).resolve(part);
      boolean follows = followLast || !pending.isEmpty();
      var stat = root.tryStat(here);
      if (!follows || stat.isEmpty() || !stat.get().isSymlink()) {
        resolved.add(part);
        continue;
      }
      if (++links > MAX_LINKS) {
        throw new IOException("too many links");
      }
      var target = root.readLink(here);
      if (!target.isEmpty() && target.byteAt(0) == '/') {
        resolved.clear();
      }
      target.components().reversed().forEach(pending::push);
    }
    return join(resolved);
  }

  private static ByteName join(List<ByteName> parts) {
    var path = ByteName.EMPTY;
    for (var part : parts) {
      path = path.resolve(part);
    }
    return path;
  }
}
