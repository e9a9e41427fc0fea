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

  public void makeDirectory(FileActionMkDir action, Owner owner) throws IOException {
    var path = RootedPath.resolve(root, ByteName.ofText(action.getPath()), true);
    int mode = action.getMode() & 0777;
    if (!action.getMakeParents()) {
      if (root.tryStat(path).isEmpty()) {
        make(path, mode, owner, time(action.getTimestamp()));
      }
      return;
    }
    var at = ByteName.EMPTY;
    var blocked = false;
    for (var part : path.components()) {
      at = at.resolve(part);
      if (blocked) {
        throw LinuxException.of("lstat", "/" + at, Errno.ENOTDIR);
      }
      var stat = root.tryStat(at);
      if (stat.isEmpty()) {
        make(at, mode, owner, time(action.getTimestamp()));
      } else if (!stat.get().isDirectory()) {
        blocked = true;
      }
    }
    if (blocked) {
      throw LinuxException.of("mkdir", "/" + at, Errno.ENOTDIR);
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

  public void makeFile(FileActionMkFile action, Owner owner) throws IOException {
    var path = RootedPath.resolve(root, ByteName.ofText(action.getPath()), true);
    boolean isNew = root.tryStat(path).isEmpty();
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
    root.chown(path, owner.uid(), owner.gid());
    setTime(path, time(action.getTimestamp()));
  }

  public void makeSymlink(FileActionSymlink action, Owner owner) throws IOException {
    var path = RootedPath.resolve(root, ByteName.ofText(action.getNewpath()), true);
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
    var parent = RootedPath.resolve(root, path.parent().relative(), true);
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
