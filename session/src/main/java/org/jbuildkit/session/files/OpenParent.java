package org.jbuildkit.session.files;

import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * The directory worked in last, held open: entries of a tree come directory by directory, and a
 * name in an open directory is reached without a walk from the root.
 */
final class OpenParent implements AutoCloseable {
  private final Dir root;
  private ByteName path = ByteName.EMPTY;
  private @Nullable Dir open;

  /**
   * @param root stays the caller's
   */
  OpenParent(Dir root) {
    this.root = root;
  }

  /** The directory at {@code directory}, valid until the next call. */
  Dir at(ByteName directory) throws LinuxException {
    if (directory.isEmpty()) {
      return root;
    }
    var last = open;
    if (last != null && path.equals(directory)) {
      return last;
    }
    forget();
    var dir = root.openDir(directory);
    open = dir;
    path = directory;
    return dir;
  }

  /** The directory that holds the name. */
  Dir of(ByteName name) throws LinuxException {
    return at(name.parent().orElse(ByteName.EMPTY));
  }

  /** To be called where a path may have come to stand for another directory. */
  void forget() {
    var last = open;
    if (last != null) {
      open = null;
      last.close();
    }
  }

  @Override
  public void close() {
    forget();
  }
}
