package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jbuildkit.base.ByteName;

/** A terminal behind a descriptor of this process. */
public final class Terminal {
  private static final long TCGETS = 0x5401;
  private static final long TCSETS = 0x5402;
  private static final long TIOCGWINSZ = 0x5413;
  private static final int TERMIOS_SIZE = 60;

  private final int fd;

  private Terminal(int fd) {
    this.fd = fd;
  }

  /** The terminal at descriptor 0, 1 or 2 or another; empty if it is none. */
  public static Optional<Terminal> at(int fd) {
    try (var frame = new Frame()) {
      var modes = frame.bytes(TERMIOS_SIZE);
      boolean is = frame.raw(Call.IOCTL, fd, TCGETS, modes.address(), 0) == 0;
      return is ? Optional.of(new Terminal(fd)) : Optional.empty();
    }
  }

  /** Width and height in characters; zero where unknown. */
  public record Size(int columns, int rows) {}

  public Size size() throws LinuxException {
    try (var frame = new Frame()) {
      var record = frame.bytes(8);
      frame.call(Call.IOCTL, ByteName.EMPTY, fd, TIOCGWINSZ, record.address(), 0);
      return new Size(
          Short.toUnsignedInt(record.get(ValueLayout.JAVA_SHORT, 2)),
          Short.toUnsignedInt(record.get(ValueLayout.JAVA_SHORT, 0)));
    }
  }

  /** A change of modes; closing it restores what was before. */
  public interface RawMode extends AutoCloseable {
    @Override
    void close();
  }

  /** Passes keys on one by one, without echo, signals or translation. */
  public RawMode raw() throws LinuxException {
    var before = modes();
    var raw = before.clone();
    var modes = MemorySegment.ofArray(raw);
    var unaligned = ValueLayout.JAVA_INT_UNALIGNED;
    // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
    modes.set(unaligned, 0, modes.get(unaligned, 0) & ~0x5EB);
    // OPOST
    modes.set(unaligned, 4, modes.get(unaligned, 4) & ~0x1);
    // CSIZE PARENB, then CS8
    modes.set(unaligned, 8, (modes.get(unaligned, 8) & ~0x130) | 0x30);
    // ECHO ECHONL ICANON ISIG IEXTEN
    modes.set(unaligned, 12, modes.get(unaligned, 12) & ~0x804B);
    raw[17 + 5] = 0; // VTIME
    raw[17 + 6] = 1; // VMIN
    setModes(raw);
    return () -> {
      try {
        setModes(before);
      } catch (LinuxException _) {
        // The terminal has gone; there is nothing to restore.
      }
    };
  }

  private byte[] modes() throws LinuxException {
    try (var frame = new Frame()) {
      var record = frame.bytes(TERMIOS_SIZE);
      frame.call(Call.IOCTL, ByteName.EMPTY, fd, TCGETS, record.address(), 0);
      return record.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private void setModes(byte[] modes) throws LinuxException {
    try (var frame = new Frame()) {
      var record = frame.bytes(TERMIOS_SIZE);
      MemorySegment.copy(modes, 0, record, ValueLayout.JAVA_BYTE, 0, TERMIOS_SIZE);
      frame.call(Call.IOCTL, ByteName.EMPTY, fd, TCSETS, record.address(), 0);
    }
  }
}
