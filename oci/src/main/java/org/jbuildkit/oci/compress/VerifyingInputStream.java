package org.jbuildkit.oci.compress;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * Passes a blob through and fails by itself where size or digest turn out wrong: at the first byte
 * too many, or at the end. Only what was read to its end is verified.
 */
public final class VerifyingInputStream extends FilterInputStream {
  private final Digest expected;
  private final Digest.Hasher hasher;
  private long left;
  private boolean ended;

  /** Takes over the stream; closing this closes it. */
  public VerifyingInputStream(InputStream in, Digest expected, long size) {
    super(in);
    this.expected = expected;
    this.hasher = new Digest.Hasher(expected.algorithm());
    this.left = size;
  }

  public VerifyingInputStream(InputStream in, Descriptor descriptor) {
    this(in, descriptor.digest(), descriptor.size());
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n < 0) {
      end();
      return n;
    }
    if (n > left) {
      throw new IOException("blob " + expected + " is longer than its descriptor says");
    }
    left -= n;
    hasher.update(buffer, offset, n);
    return n;
  }

  private void end() throws IOException {
    if (ended) {
      return;
    }
    if (left > 0) {
      throw new IOException("blob " + expected + " ends " + left + " bytes early");
    }
    var actual = hasher.finish();
    if (!actual.equals(expected)) {
      throw new IOException("blob has digest " + actual + " instead of " + expected);
    }
    ended = true;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = 0;
    var buffer = new byte[8192];
    while (skipped < n) {
      int got = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
      if (got < 0) {
        break;
      }
      skipped += got;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
