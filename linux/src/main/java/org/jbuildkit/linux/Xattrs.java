package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;

/** The extended attributes of one name, not of what a link points to. */
public final class Xattrs {
  private static final int MAX = 64 * 1024;

  private final Fd dir;
  private final ByteName path;

  Xattrs(Fd dir, ByteName path) {
    this.dir = dir;
    this.path = path;
  }

  /**
   * Whether overlayfs takes an attribute of this name for its own record, of a directory moved from
   * elsewhere for instance: not to be set because somebody outside says so.
   */
  public static boolean isOverlays(String name) {
    return name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.");
  }

  /** All attributes that this process may read; none where the file system has none. */
  public SortedMap<String, byte[]> all() throws LinuxException {
    var all = new TreeMap<String, byte[]>();
    on((frame, file) -> {
      for (var name : names(frame, file)) {
        value(frame, file, name).ifPresent(value -> all.put(name, value));
      }
      return 0;
    });
    return all;
  }

  public Optional<byte[]> get(String name) throws LinuxException {
    return on((frame, file) -> value(frame, file, name));
  }

  public void set(String name, byte[] value) throws LinuxException {
    on((frame, file) -> {
      var memory = frame.bytes(value.length);
      MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, 0, value.length);
      return frame.call(
          path.isEmpty() ? Call.SETXATTR : Call.LSETXATTR,
          path,
          file,
          frame.text(name),
          memory.address(),
          value.length);
    });
  }

  /** Removes it if it is there. */
  public void remove(String name) throws LinuxException {
    on((frame, file) -> {
      long result = frame.raw(Call.LREMOVEXATTR, file, frame.text(name), 0, 0);
      if (result < 0 && result != -Errno.ENODATA.number()) {
        throw new LinuxException("lremovexattr", path.toString(), (int) -result);
      }
      return result;
    });
  }

  @FunctionalInterface
  private interface Action<T> {
    T run(Frame frame, long file) throws LinuxException;
  }

  /**
   * Calls with a path through /proc: its directory is the descriptor's, its last part not followed.
   */
  private <T> T on(Action<T> action) throws LinuxException {
    if (path.isEmpty()) {
      try (var frame = new Frame()) {
        return action.run(frame, frame.text(dir.procPath() + "/."));
      }
    }
    return Paths.at(
        dir,
        path,
        (frame, parent, name) ->
            action.run(
                frame, frame.text(ByteName.ofText("/proc/self/fd/" + parent).resolve(name))));
  }

  private String[] names(Frame frame, long file) throws LinuxException {
    var memory = frame.bytes(MAX);
    long n =
        frame.raw(
            path.isEmpty() ? Call.LISTXATTR : Call.LLISTXATTR, file, memory.address(), MAX, 0);
    if (n == -Errno.EOPNOTSUPP.number() || n == 0) {
      return new String[0];
    }
    if (n < 0) {
      throw new LinuxException("llistxattr", path.toString(), (int) -n);
    }
    var bytes = ByteName.of(memory.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
    return bytes.slice(0, bytes.length() - 1).toString().split("\0", -1);
  }

  private Optional<byte[]> value(Frame frame, long file, String name) throws LinuxException {
    var call = path.isEmpty() ? Call.GETXATTR : Call.LGETXATTR;
    long text = frame.text(name);
    int size = 512;
    while (true) {
      var memory = frame.bytes(size);
      long n = frame.raw(call, file, text, memory.address(), size);
      if (n == -Errno.ERANGE.number() && size < MAX) {
        size = MAX;
        continue;
      }
      if (n == -Errno.ENODATA.number() || n == -Errno.EOPNOTSUPP.number()) {
        return Optional.empty();
      }
      if (n < 0) {
        throw new LinuxException("lgetxattr", path.toString(), (int) -n);
      }
      return Optional.of(memory.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
    }
  }
}
