package org.jbuildkit.linux;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a descriptor, unbuffered. */
final class FdOutput extends OutputStream {
  private final Fd fd;
  private final boolean owning;

  FdOutput(Fd fd, boolean owning) {
    this.fd = fd;
    this.owning = owning;
  }

  @Override
  public void write(int b) throws IOException {
    fd.write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    fd.write(buffer, offset, length);
  }

  @Override
  public void close() {
    if (owning) {
      fd.close();
    }
  }
}
