package org.jbuildkit.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;

/**
 * A terminal that this process stands at: what others write to {@link #path} is read here, and the
 * other way round.
 */
public final class PseudoTerminal implements AutoCloseable {
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;
  private static final long TIOCSWINSZ = 0x5414;

  private final Fd master;
  private final Path path;

  private PseudoTerminal(Fd master, Path path) {
    this.master = master;
    this.path = path;
  }

  /** Makes a new one; the caller closes it. */
  public static PseudoTerminal open() throws LinuxException {
    var master = Fd.open("/dev/ptmx", OpenMode.READ_WRITE, 0);
    try (var frame = new Frame()) {
      var number = frame.bytes(4);
      ioctl(frame, master, TIOCSPTLCK, number.address());
      ioctl(frame, master, TIOCGPTN, number.address());
      int index = number.get(ValueLayout.JAVA_INT, 0);
      return new PseudoTerminal(master, Path.of("/dev/pts/" + index));
    } catch (LinuxException | RuntimeException e) {
      master.close();
      throw e;
    }
  }

  private static void ioctl(Frame frame, Fd fd, long request, long argument) throws LinuxException {
    frame.call(Call.IOCTL, fd.name(), fd.number(), request, argument, 0);
  }

  /** The end for others to open. */
  public Path path() {
    return path;
  }

  /** What others write; it ends when nobody has the other end open any more. */
  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
          return master.read(buffer, offset, length);
        } catch (LinuxException e) {
          // The kernel's way to say that the other end is closed.
          if (e.is(Errno.EIO)) {
            return -1;
          }
          throw e;
        }
      }
    };
  }

  /** What others read. */
  public OutputStream output() {
    return master.output(false);
  }

  /** Tells the size in characters to those who ask. */
  public void resize(int rows, int columns) throws LinuxException {
    resize(master, rows, columns);
  }

  /** Tells the size of the terminal that a process other than this one stands at. */
  public static void resize(Fd master, int rows, int columns) throws LinuxException {
    try (var frame = new Frame()) {
      var record = frame.bytes(8);
      record.set(ValueLayout.JAVA_SHORT, 0, (short) Math.clamp(rows, 0, 0xFFFF));
      record.set(ValueLayout.JAVA_SHORT, 2, (short) Math.clamp(columns, 0, 0xFFFF));
      frame.call(Call.IOCTL, ByteName.EMPTY, master.number(), TIOCSWINSZ, record.address(), 0);
    }
  }

  @Override
  public void close() {
    master.close();
  }
}
