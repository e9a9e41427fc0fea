package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jbuildkit.base.ByteName;

/** Walks of paths from a descriptor, and the calls on a single name. */
final class Paths {
  static final int NO_FOLLOW = 0x100;
  private static final int RETRIES = 128;

  private Paths() {}

  /** Works on one name in an open directory. */
  @FunctionalInterface
  interface Action<T> {
    T run(Frame frame, int dir, ByteName name) throws LinuxException;
  }

  /** Runs the action with the directory that holds the path's last component. */
  static <T> T at(Fd base, ByteName path, Action<T> action) throws LinuxException {
    var name = path.last();
    if (isSpecial(name)) {
      throw LinuxException.of("name", path.toString(), Errno.EINVAL);
    }
    var parent = path.parent();
    try (var frame = new Frame()) {
      if (parent.isEmpty()) {
        return action.run(frame, base.number(), name);
      }
      try (var dir = open(base, parent.get(), OpenMode.DIRECTORY | 0x200000, 0, Resolve.NO_LINKS)) {
        return action.run(frame, dir.number(), name);
      }
    }
  }

  private static boolean isSpecial(ByteName name) {
    return switch (name.length()) {
      case 0 -> true;
      case 1 -> name.byteAt(0) == '.';
      case 2 -> name.byteAt(0) == '.' && name.byteAt(1) == '.';
      default -> false;
    };
  }

  static Fd open(Fd base, ByteName path, int flags, int permissions, Resolve resolve)
      throws LinuxException {
    try (var frame = new Frame()) {
      var how = frame.bytes(24);
      boolean creates = (flags & 0x40) != 0;
      boolean handle = (flags & 0x200000) != 0;
      long all = flags | OpenMode.CLOSE_ON_EXEC | (handle ? 0 : OpenMode.NO_CTTY);
      how.set(ValueLayout.JAVA_LONG, 0, all);
      how.set(ValueLayout.JAVA_LONG, 8, creates ? permissions & 0xFFF : 0);
      how.set(ValueLayout.JAVA_LONG, 16, resolve.bits);
      long text = frame.text(path);
      for (int i = 0; ; i++) {
        long fd = frame.raw(Call.OPENAT2, base.number(), text, how.address(), 24);
        boolean again = fd == -Errno.EAGAIN.number() || fd == -Errno.EINTR.number();
        if (fd < 0 && !(again && i < RETRIES)) {
          throw new LinuxException("open", path.toString(), (int) -fd);
        }
        if (fd >= 0) {
          return new Fd((int) fd, path);
        }
      }
    }
  }

  static ByteName readLink(Frame frame, int dir, ByteName name, ByteName subject)
      throws LinuxException {
    int size = 4096;
    var memory = frame.bytes(size);
    int n =
        (int) frame.call(Call.READLINKAT, subject, dir, frame.text(name), memory.address(), size);
    return ByteName.of(memory.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
  }

  static long device(int major, int minor) {
    long big = Integer.toUnsignedLong(major);
    long small = Integer.toUnsignedLong(minor);
    return (small & 0xFF)
        | ((big & 0xFFF) << 8)
        | ((small & ~0xFFL) << 12)
        | ((big & ~0xFFFL) << 32);
  }

  static boolean chmod(Frame frame, int dir, ByteName name, ByteName subject, int mode)
      throws LinuxException {
    long bits = mode & 0xFFF;
    long result = frame.raw(Call.FCHMODAT2, dir, frame.text(name), bits, NO_FOLLOW);
    if (result == 0) {
      return true;
    }
    if (result != -Errno.ENOSYS.number() && result != -Errno.EPERM.number()) {
      throw new LinuxException("chmod", subject.toString(), (int) -result);
    }
    long flags = OpenMode.HANDLE.flags | OpenMode.NO_FOLLOW | OpenMode.CLOSE_ON_EXEC;
    long fd = frame.call(Call.OPENAT, subject, dir, frame.text(name), flags, 0);
    try (var handle = new Fd((int) fd, subject)) {
      if (handle.stat().isSymlink()) {
        throw LinuxException.of("chmod", subject.toString(), Errno.EOPNOTSUPP);
      }
      frame.call(Call.FCHMODAT, subject, Dir.CWD, frame.text(handle.procPath()), bits, 0);
    }
    return true;
  }

  static long setTimes(
      Frame frame, int dir, long name, ByteName subject, Timestamp access, Timestamp modified)
      throws LinuxException {
    MemorySegment times = frame.bytes(32);
    times.set(ValueLayout.JAVA_LONG, 0, access.seconds());
    times.set(ValueLayout.JAVA_LONG, 8, access.nanos());
    times.set(ValueLayout.JAVA_LONG, 16, modified.seconds());
    times.set(ValueLayout.JAVA_LONG, 24, modified.nanos());
    return frame.call(
        Call.UTIMENSAT, subject, dir, name, times.address(), name == 0 ? 0 : NO_FOLLOW);
  }
}
