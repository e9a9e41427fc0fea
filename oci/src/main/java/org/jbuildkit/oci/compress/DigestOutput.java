package org.jbuildkit.oci.compress;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jbuildkit.base.Digest;

/** Passes bytes on, hashing and counting them. */
public final class DigestOutput extends FilterOutputStream {
  private final Digest.Hasher hasher = new Digest.Hasher();
  private long size;

  /** Takes over the stream; closing this closes it. */
  public DigestOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    hasher.update(bytes, offset, length);
    size += length;
  }

  /** Bytes so far. */
  public long size() {
    return size;
  }

  /** The SHA-256 digest of all bytes; to be called once, at the end. */
  public Digest finish() {
    return hasher.finish();
  }
}
