package org.jbuildkit.sources;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jbuildkit.base.Digest;

/** Digests what is read. */
final class HashedInput extends FilterInputStream {
  private final Digest.Hasher hasher = new Digest.Hasher();

  HashedInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = in.read(target, offset, length);
    if (n > 0) {
      hasher.update(target, offset, n);
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    throw new IOException("digested streams can't be skipped");
  }

  /** The digest of all that was read. */
  Digest finish() {
    return hasher.finish();
  }
}
