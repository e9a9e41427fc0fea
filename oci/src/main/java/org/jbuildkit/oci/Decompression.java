package org.jbuildkit.oci;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** Opens compressed streams by their first bytes, whatever a media type says. */
public final class Decompression {
  private static final int MAX_XZ_MEMORY_KIB = 128 * 1024;

  private Decompression() {}

  /**
   * The uncompressed bytes of a gzip, bzip2, xz, zstd or uncompressed stream. Closing the result
   * closes the stream.
   */
  public static InputStream open(InputStream compressed) throws IOException {
    var in = new BufferedInputStream(compressed, 128 * 1024);
    in.mark(16);
    var magic = in.readNBytes(6);
    in.reset();
    if (startsWith(magic, 0x1f, 0x8b, 0x08)) {
      return GzipCompressorInputStream.builder()
          .setInputStream(in)
          .setDecompressConcatenated(true)
          .get();
    }
    if (startsWith(magic, 0x42, 0x5a, 0x68)) {
      return new BZip2CompressorInputStream(in, true);
    }
    if (startsWith(magic, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) {
      return new XZInputStream(in, MAX_XZ_MEMORY_KIB);
    }
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableFrame(magic)) {
      return new ZstdInputStream(in);
    }
    return in;
  }

  private static boolean isSkippableFrame(byte[] magic) {
    return magic.length >= 4
        && (magic[0] & 0xF0) == 0x50
        && (magic[1] & 0xFF) == 0x2a
        && (magic[2] & 0xFF) == 0x4d
        && (magic[3] & 0xFF) == 0x18;
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
