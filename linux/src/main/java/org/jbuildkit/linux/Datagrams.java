package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jbuildkit.base.ByteName;

/** Datagrams to unix sockets, which the JDK does not send. */
public final class Datagrams {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MAX_PATH = 108;

  private Datagrams() {}

  /**
   * Sends one datagram.
   *
   * @param socket a path; one that starts with {@code @} names an abstract socket
   */
  public static void send(String socket, byte[] data) throws LinuxException {
    var name = ByteName.ofText(socket);
    var path = name.bytes();
    if (path.length == 0 || path.length >= MAX_PATH) {
      throw LinuxException.of("sendto", socket, Errno.EINVAL);
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    try (var frame = new Frame()) {
      int number = (int) frame.call(Call.SOCKET, name, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0, 0);
      try (var fd = new Fd(number, name)) {
        var address = frame.bytes(2L + MAX_PATH);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        var bytes = frame.bytes(data.length);
        MemorySegment.copy(data, 0, bytes, ValueLayout.JAVA_BYTE, 0, data.length);
        // The size of an abstract name counts; that of a path may include its final zero.
        long size = 2L + path.length + (path[0] == 0 ? 0 : 1);
        frame.call(
            Call.SENDTO,
            name,
            fd.number(),
            bytes.address(),
            data.length,
            MSG_NOSIGNAL,
            address.address(),
            size);
      }
    }
  }
}
