package org.jbuildkit.linux;

import java.io.IOException;
import java.io.InputStream;

/** Reads a descriptor. */
final class FdInput extends InputStream {
  private final Fd fd;
  private final boolean owning;

  FdInput(Fd fd, boolean owning) {
    this.fd = fd;
    this.owning = owning;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return fd.read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return fd.read(buffer, offset, length);
  }

  @Override
  public void close() {
    if (owning) {
      fd.close();
    }
  }
}
