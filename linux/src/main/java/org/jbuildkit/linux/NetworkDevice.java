package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;

/**
 * A network device of this process's network namespace.
 *
 * @param name at most 15 bytes
 */
public record NetworkDevice(String name) {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCBRDELBR = 0x89A1;
  private static final int REQUEST_SIZE = 40;
  private static final int MAX_NAME = 15;

  public boolean exists() {
    return !name.isEmpty()
        && !name.contains("/")
        && Files.exists(Path.of("/sys/class/net").resolve(name));
  }

  /** Takes a bridge away, with what is attached to it left alone; nothing if there is none. */
  public void removeBridge() throws LinuxException {
    var subject = ByteName.ofText(name);
    var bytes = subject.bytes();
    if (bytes.length > MAX_NAME) {
      throw LinuxException.of("ioctl", name, Errno.EINVAL);
    }
    if (!exists()) {
      return;
    }
    try (var frame = new Frame()) {
      int number = (int) frame.call(Call.SOCKET, subject, AF_INET, SOCK_DGRAM_CLOEXEC, 0, 0);
      try (var socket = new Fd(number, subject)) {
        // Zeroed flags: the device goes down, as it has to first.
        var request = frame.bytes(REQUEST_SIZE);
        request.fill((byte) 0);
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
        frame.call(Call.IOCTL, subject, socket.number(), SIOCSIFFLAGS, request.address(), 0);
        frame.call(Call.IOCTL, subject, socket.number(), SIOCBRDELBR, request.address(), 0);
      }
    }
  }
}
