package org.jbuildkit.engine.file;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.OpenMode;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;

/**
 * Makes directories, files and links in a tree, and removes them, as BuildKit's {@code
 * solver/llbsolver/file/backend.go} does. Error texts name paths as the build sees them.
 */
public final class FileChanges {
  private final Dir root;

  /** The root stays the caller's. */
  public FileChanges(Dir root) {
    this.root = root;
  }

  static Optional<Timestamp> time(long nanos) {
    return nanos == -1 ? Optional.empty() : Optional.of(Timestamp.ofNanos(nanos));
  }

  /** A path with its links followed; what is below a file is no path. */
  static ByteName resolve(Dir root, ByteName path) throws IOException {
    var resolved = RootedPath.resolve(root, path, true);
    var at = ByteName.EMPTY;
    for (var part : resolved.components()) {
      var above = at;
      at = at.resolve(part);
      var stat = root.tryStat(above);
      if (stat.isPresent() && !stat.get().isDirectory()) {
        throw LinuxException.of("lstat", "/" + at, Errno.ENOTDIR);
      }
      if (stat.isEmpty()) {
        break;
      }
    }
    return resolved;
  }

  public void makeDirectory(FileActionMkDir action, Owner owner) throws IOException {
    var path = resolve(root, ByteName.ofText(action.getPath()));
    int mode = action.getMode() & 0777;
    if (!action.getMakeParents()) {
      if (root.tryStat(path).isEmpty()) {
        make(path, mode, owner, time(action.getTimestamp()));
      }
      return;
    }
    var at = ByteName.EMPTY;
    for (var part : path.components()) {
      at = at.resolve(part);
      var stat = root.tryStat(at);
      if (stat.isEmpty()) {
        make(at, mode, owner, time(action.getTimestamp()));
      } else if (!stat.get().isDirectory()) {
        throw LinuxException.of("mkdir", "/" + at, Errno.ENOTDIR);
      }
    }
  }

  private void make(ByteName path, int mode, Owner owner, Optional<Timestamp> time)
      throws IOException {
    try {
      root.makeDir(path, mode);
    } catch (LinuxException e) {
      throw LinuxException.of("mkdir", "/" + path, e.errno());
    }
    root.chown(path, owner.uid(), owner.gid());
    root.chmod(path, mode);
    setTime(path, time);
  }

  private void setTime(ByteName path, Optional<Timestamp> time) throws IOException {
    if (time.isPresent()) {
      root.setTimes(path, time.get());
    }
  }

  /**
   * Writes a file.
   *
   * @param owner without one a new file is root's, and one that exists stays whose it is
   */
  public void makeFile(FileActionMkFile action, Optional<Owner> owner) throws IOException {
    var path = resolve(root, ByteName.ofText(action.getPath()));
    var existing = root.tryStat(path);
    boolean isNew = existing.isEmpty();
    if (existing.isPresent() && !existing.get().isRegular() && !existing.get().isDirectory()) {
      // A fifo would block for ever, a device of a build's own making is the host's.
      throw LinuxException.of("open", "/" + path, Errno.ENXIO);
    }
    int mode = action.getMode() & 0777;
    var data = action.getData().toByteArray();
    try (var file = root.openFile(path, OpenMode.CREATE_OR_TRUNCATE, mode)) {
      file.write(data, 0, data.length);
      if (isNew) {
        file.chmod(mode);
      }
    } catch (LinuxException e) {
      throw LinuxException.of("open", "/" + path, e.errno());
    }
    if (isNew || owner.isPresent()) {
      var own = owner.orElse(Owner.ROOT);
      root.chown(path, own.uid(), own.gid());
    }
    setTime(path, time(action.getTimestamp()));
  }

  public void makeSymlink(FileActionSymlink action, Owner owner) throws IOException {
    var path = resolve(root, ByteName.ofText(action.getNewpath()));
    try {
      root.makeSymlink(path, ByteName.ofText(action.getOldpath()));
    } catch (LinuxException e) {
      throw LinuxException.of("symlink " + action.getOldpath(), "/" + path, e.errno());
    }
    root.chown(path, owner.uid(), owner.gid());
    setTime(path, time(action.getTimestamp()));
  }

  public void remove(FileActionRm action) throws IOException {
    if (action.getAllowWildcard() && Wildcard.isIn(action.getPath())) {
      for (var match : SourceMatches.find(root, action.getPath(), false)) {
        removeOne("/" + match, action.getAllowNotFound());
      }
      return;
    }
    removeOne(action.getPath(), action.getAllowNotFound());
  }

  private void removeOne(String text, boolean allowNotFound) throws IOException {
    var path = new ContainerPath(text);
    if (path.isRoot()) {
      throw BuildException.invalid("rmPath: invalid empty path");
    }
    var parent = resolve(root, path.parent().relative());
    var above = root.tryStat(parent);
    if (above.isPresent() && !above.get().isDirectory()) {
      throw LinuxException.of("unlinkat", path.value(), Errno.ENOTDIR);
    }
    var target = parent.resolve(ByteName.ofText(path.last()));
    if (!allowNotFound) {
      var followed = RootedPath.resolve(root, target, true);
      if (root.tryStat(followed).isEmpty()) {
        throw LinuxException.of("stat", path.value(), Errno.ENOENT);
      }
    }
    root.removeTree(target);
  }
}
