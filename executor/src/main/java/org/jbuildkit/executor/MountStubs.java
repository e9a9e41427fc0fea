package org.jbuildkit.executor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;

/**
 * Empty files and folders that a runtime makes only to have something to mount on: what was not
 * there before the run is removed after it, so that no layer holds it. As BuildKit's {@code
 * executor/stubs.go}.
 */
final class MountStubs {
  private final Dir root;
  private final List<ByteName> missing = new ArrayList<>();

  private MountStubs(Dir root) {
    this.root = root;
  }

  /**
   * Looks at what is missing before a run.
   *
   * @param root stays the caller's
   * @param withParents whether missing parents count too
   */
  static MountStubs before(Dir root, List<ContainerMount> mounts, boolean withParents)
      throws IOException {
    var stubs = new MountStubs(root);
    stubs.look("/etc/resolv.conf", withParents);
    stubs.look("/etc/hosts", withParents);
    for (var mount : mounts) {
      stubs.look(mount.destination(), withParents);
    }
    return stubs;
  }

  private void look(String destination, boolean withParents) throws IOException {
    var path =
        RootedPath.resolve(root, ByteName.ofText(new ContainerPath(destination).value()), true);
    while (!path.isEmpty() && root.tryStat(path).isEmpty()) {
      missing.add(path);
      if (!withParents) {
        return;
      }
      path = path.parent().orElse(ByteName.EMPTY);
    }
  }

  /** Removes what is there now and still empty; the parents keep their times. */
  void remove() throws IOException {
    for (var path : missing) {
      try {
        remove(path);
      } catch (LinuxException e) {
        // A step may have put something else in a stub's way: then it stays.
        if (!e.isMissing() && !isInTheWay(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isInTheWay(LinuxException e) {
    return e.is(org.jbuildkit.linux.Errno.ELOOP)
        || e.is(org.jbuildkit.linux.Errno.ENOTDIR)
        || e.is(org.jbuildkit.linux.Errno.ENOTEMPTY)
        || e.is(org.jbuildkit.linux.Errno.EBUSY);
  }

  private void remove(ByteName path) throws LinuxException {
    try (var parent = root.openDir(path.parent().orElse(ByteName.EMPTY))) {
      var name = path.last();
      var stat = parent.stat(name);
      var before = parent.stat();
      if (stat.isDirectory()) {
        parent.removeDir(name);
      } else if (stat.size() == 0) {
        parent.unlink(name);
      } else {
        return;
      }
      parent.setTimes(ByteName.EMPTY, before.mtime(), before.mtime());
    }
  }
}
