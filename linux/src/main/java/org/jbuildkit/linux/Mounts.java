package org.jbuildkit.linux;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jbuildkit.base.ByteName;

/** Mounts and unmounts in this process's mount namespace. */
public final class Mounts {
  private static final int DETACH = 2;
  private static final int NO_FOLLOW = 8;
  private static final int CLONE_FS = 0x200;

  private Mounts() {}

  /**
   * Mounts.
   *
   * @param source device, folder or a name for it
   * @param target an existing folder or file
   * @param type file system type, empty for bind mounts
   * @param data comma-separated options for the file system, at most a page
   */
  public static void mount(
      ByteName source, ByteName target, String type, Set<MountFlag> flags, String data)
      throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(
          Call.MOUNT,
          target,
          frame.text(source),
          frame.text(target),
          type.isEmpty() ? 0 : frame.text(type),
          MountFlag.bits(flags),
          data.isEmpty() ? 0 : frame.text(data),
          0);
    }
  }

  /**
   * As {@link #mount}, with relative paths in {@code data} taken from {@code folder}. Done by a
   * thread of its own, because the current folder is otherwise the whole process's.
   */
  public static void mountIn(
      String folder, ByteName source, ByteName target, String type, String data)
      throws LinuxException, InterruptedException {
    inFolder(
        folder,
        () -> {
          mount(source, target, type, EnumSet.noneOf(MountFlag.class), data);
          return 0;
        });
  }

  static void inFolder(String folder, Callable<Integer> body)
      throws LinuxException, InterruptedException {
    NamespaceThread.runOnce(() -> {
      try (var frame = new Frame()) {
        frame.call(Call.UNSHARE, ByteName.EMPTY, CLONE_FS, 0);
        frame.call(Call.CHDIR, ByteName.ofText(folder), frame.text(folder), 0);
      }
      return body.call();
    });
  }

  /** Makes {@code source} visible at {@code target}, both files or both folders. */
  public static void bind(ByteName source, ByteName target, boolean recursive, boolean readOnly)
      throws LinuxException {
    var flags = EnumSet.of(MountFlag.BIND);
    if (recursive) {
      flags.add(MountFlag.RECURSIVE);
    }
    mount(source, target, "", flags, "");
    if (readOnly) {
      var again = EnumSet.of(MountFlag.BIND, MountFlag.REMOUNT, MountFlag.READ_ONLY);
      try {
        mount(ByteName.ofText("none"), target, "", again, "");
      } catch (LinuxException e) {
        detach(target);
        throw e;
      }
    }
  }

  /** Unmounts at once; {@code EBUSY} while in use. */
  public static void unmount(ByteName target) throws LinuxException {
    unmount(target, NO_FOLLOW);
  }

  /** Takes the mount out of sight now and frees it when the last user has gone. */
  public static void detach(ByteName target) throws LinuxException {
    unmount(target, NO_FOLLOW | DETACH);
  }

  private static void unmount(ByteName target, int flags) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.UMOUNT, target, frame.text(target), flags);
    }
  }

  /** Runs a body on a new platform thread that has its own namespaces of the given kinds. */
  public static <T> T inNewNamespaces(Set<Namespace> kinds, Callable<T> body)
      throws LinuxException, InterruptedException {
    return NamespaceThread.runOnce(() -> {
      Namespace.unshare(kinds);
      return body.call();
    });
  }
}
