package org.jbuildkit.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.base.ByteName;

/**
 * An open file. The owner closes it; streams made from it do not, unless said. Used by one thread
 * at a time.
 */
public final class Fd implements AutoCloseable {
  private static final long LOCK_POLL_MILLIS = 20;
  private static final int CHUNK = 64 * 1024;
  private static final long FICLONE = 0x40049409L;
  private static final int AT_EMPTY_PATH = 0x1000;

  private final int number;
  private final ByteName name;
  private final AtomicBoolean closed = new AtomicBoolean();

  Fd(int number, ByteName name) {
    this.number = number;
    this.name = name;
  }

  /** Opens a path of our own folders, following links. New files get {@code mode}. */
  public static Fd open(String path, OpenMode mode, int permissions) throws LinuxException {
    var name = ByteName.ofText(path);
    try (var frame = new Frame()) {
      long flags = mode.flags | OpenMode.CLOSE_ON_EXEC | OpenMode.NO_CTTY;
      long fd = frame.call(Call.OPENAT, name, Dir.CWD, frame.text(name), flags, permissions);
      return new Fd((int) fd, name);
    }
  }

  /** Takes over a descriptor that this process got from elsewhere. */
  public static Fd adopt(int number, String name) {
    return new Fd(number, ByteName.ofText(name));
  }

  /** The descriptor's number, valid until {@link #close}. */
  public int number() {
    if (closed.get()) {
      throw new IllegalStateException("descriptor is closed: " + name);
    }
    return number;
  }

  /** A path that stands for this open file in calls of this process. */
  public String procPath() {
    return "/proc/self/fd/" + number();
  }

  ByteName name() {
    return name;
  }

  public FileStat stat() throws LinuxException {
    try (var frame = new Frame()) {
      return stat(frame, number(), ByteName.EMPTY, name);
    }
  }

  static FileStat stat(Frame frame, int dir, ByteName child, ByteName subject)
      throws LinuxException {
    var record = frame.bytes(FileStat.SIZE);
    long flags = 0x100 | 0x800 | (child.isEmpty() ? AT_EMPTY_PATH : 0);
    frame.call(Call.STATX, subject, dir, frame.text(child), flags, 0xFFF, record.address(), 0);
    return FileStat.read(record);
  }

  /** Reads up to {@code length} bytes; -1 at the end. */
  public int read(byte[] buffer, int offset, int length) throws LinuxException {
    if (length == 0) {
      return 0;
    }
    try (var frame = new Frame()) {
      int size = Math.min(length, CHUNK);
      var memory = frame.bytes(size);
      int n = (int) frame.call(Call.READ, name, number(), memory.address(), size, 0);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, buffer, offset, n);
      return n == 0 ? -1 : n;
    }
  }

  /** Reads at a position; -1 at the end. */
  public int readAt(long position, byte[] buffer, int offset, int length) throws LinuxException {
    try (var frame = new Frame()) {
      int size = Math.min(length, CHUNK);
      var memory = frame.bytes(size);
      int n = (int) frame.call(Call.PREAD, name, number(), memory.address(), size, position);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, buffer, offset, n);
      return n == 0 && length > 0 ? -1 : n;
    }
  }

  /** Writes all of it. */
  public void write(byte[] buffer, int offset, int length) throws LinuxException {
    int done = 0;
    while (done < length) {
      try (var frame = new Frame()) {
        int size = Math.min(length - done, CHUNK);
        var memory = frame.bytes(size);
        MemorySegment.copy(buffer, offset + done, memory, ValueLayout.JAVA_BYTE, 0, size);
        done += (int) frame.call(Call.WRITE, name, number(), memory.address(), size, 0);
      }
    }
  }

  /** Moves the read and write position, from the start. */
  public void seek(long position) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.LSEEK, name, number(), position);
    }
  }

  public void truncate(long size) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.FTRUNCATE, name, number(), size);
    }
  }

  /** Makes content and metadata durable. */
  public void sync() throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.FSYNC, name, number(), 0);
    }
  }

  /** Makes everything written to this file's file system durable. */
  public void syncFileSystem() throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.SYNCFS, name, number(), 0);
    }
  }

  public void chmod(int mode) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.FCHMOD, name, number(), mode & 0xFFF);
    }
  }

  public void chown(int uid, int gid) throws LinuxException {
    try (var frame = new Frame()) {
      frame.call(Call.FCHOWN, name, number(), uid, gid, 0);
    }
  }

  /** Sets access and modification time. */
  public void setTimes(Timestamp time) throws LinuxException {
    try (var frame = new Frame()) {
      Paths.setTimes(frame, number(), 0, name, time, time);
    }
  }

  /** Whether the advisory lock was free. It goes when the last copy of the descriptor closes. */
  public boolean tryLock() throws LinuxException {
    try (var frame = new Frame()) {
      long result = frame.raw(Call.FLOCK, number(), 2 | 4, 0, 0);
      if (result == -Errno.EAGAIN.number()) {
        return false;
      }
      if (result < 0) {
        throw new LinuxException("flock", name.toString(), (int) -result);
      }
      return true;
    }
  }

  /** Waits until the advisory lock is free and takes it, as {@link #tryLock}. */
  public void lock() throws LinuxException, InterruptedException {
    // A blocking call could not be interrupted.
    while (!tryLock()) {
      Thread.sleep(LOCK_POLL_MILLIS);
    }
  }

  /**
   * Copies {@code size} bytes from {@code source}'s position to this file's: shares blocks where
   * the file system can, else copies in the kernel, else through memory. Ends early at the source's
   * end.
   */
  public void copyFrom(Fd source, long size) throws IOException {
    try (var frame = new Frame()) {
      if (size > 0 && frame.raw(Call.IOCTL, number(), FICLONE, source.number(), 0) == 0) {
        return;
      }
      if (transfer(frame, source, size, true) || transfer(frame, source, size, false)) {
        return;
      }
    }
    try (var in = source.input(false)) {
      in.transferTo(output(false));
    }
  }

  /** False if the kernel cannot do it for these files; nothing is copied then. */
  private boolean transfer(Frame frame, Fd source, long size, boolean range) throws LinuxException {
    long done = 0;
    while (done < size) {
      long step = Math.min(size - done, 1L << 30);
      long n =
          range
              ? frame.raw(Call.COPY_FILE_RANGE, source.number(), 0, number(), 0, step, 0)
              : frame.raw(Call.SENDFILE, number(), source.number(), 0, step);
      if (n == -Errno.EINTR.number()) {
        continue;
      }
      if (n < 0 && done == 0) {
        return false;
      }
      if (n < 0) {
        throw new LinuxException("copy", name.toString(), (int) -n);
      }
      if (n == 0) {
        return done > 0 || !range;
      }
      done += n;
    }
    return true;
  }

  /** A stream from the current position. {@code owning}: closing it closes this file. */
  public InputStream input(boolean owning) {
    return new FdInput(this, owning);
  }

  /** A stream to the current position. {@code owning}: closing it closes this file. */
  public OutputStream output(boolean owning) {
    return new FdOutput(this, owning);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try (var frame = new Frame()) {
        frame.raw(Call.CLOSE, number, 0, 0, 0);
      }
    }
  }

  @Override
  public String toString() {
    return number + ":" + name;
  }
}
