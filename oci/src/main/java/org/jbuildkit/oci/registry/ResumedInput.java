package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/** A blob's bytes over as many connections as it takes; gives up after three without progress. */
final class ResumedInput extends InputStream {
  private static final int MAX_IDLE = 3;

  private final BlobSource source;
  private final DomainLimits.Slot slot;
  private final long size;
  private InputStream current;
  private long offset;
  private int idle;
  private boolean closed;

  ResumedInput(BlobSource source, DomainLimits.Slot slot) throws IOException, InterruptedException {
    this.source = source;
    this.slot = slot;
    this.size = source.descriptor().size();
    this.current = source.open(0);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int start, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      int n = attempt(target, start, length);
      if (n > 0) {
        offset += n;
        idle = 0;
        return n;
      }
      if (offset >= size) {
        return -1;
      }
      if (idle == MAX_IDLE) {
        throw new RegistryException(
            Kind.TRANSPORT,
            "short read: expected %d bytes but got %d: unexpected EOF".formatted(size, offset));
      }
      idle++;
      reopen();
    }
  }

  private int attempt(byte[] target, int start, int length) throws IOException {
    try {
      return current.read(target, start, length);
    } catch (IOException e) {
      if (e.getCause() instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return -1;
    }
  }

  private void reopen() throws IOException {
    current.close();
    try {
      current = source.open(offset);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      slot.close();
      current.close();
    }
  }
}
