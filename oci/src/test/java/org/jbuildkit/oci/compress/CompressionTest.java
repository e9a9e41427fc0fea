package org.jbuildkit.oci.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Decompression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {

  private static byte[] sample(int size) {
    var random = new Random(7);
    var bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(4));
    }
    return bytes;
  }

  private static byte[] compress(Compression compression, byte[] plain, OptionalLong level)
      throws IOException {
    var out = new ByteArrayOutputStream();
    try (var compressor = compression.compress(out, level)) {
      compressor.write(plain);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCompressedIsReadBack(Compression compression) throws IOException {
    for (int size : new int[] {0, 1, 512 * 1024, 3_000_000}) {
      var plain = sample(size);
      var packed = compress(compression, plain, OptionalLong.empty());
      try (var in = Decompression.open(new ByteArrayInputStream(packed))) {
        assertThat(in.readAllBytes()).isEqualTo(plain);
      }
    }
  }

  @Test
  void gzipIsReadByOthersAtEveryLevel() throws IOException {
    var plain = sample(1_200_000);
    for (int level = -2; level <= 9; level++) {
      var packed = compress(Compression.GZIP, plain, OptionalLong.of(level));
      try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        assertThat(in.readAllBytes()).isEqualTo(plain);
      }
    }
    assertThatThrownBy(() -> compress(Compression.GZIP, plain, OptionalLong.of(10)))
        .hasMessage("gzip: invalid compression level: 10");
  }

  @Test
  void estargzIsRefused() {
    assertThatThrownBy(() -> Compression.parse("estargz")).hasMessageContaining("not supported");
    assertThatThrownBy(() -> Compression.parse("x")).hasMessage("unsupported compression type x");
  }

  @Test
  void wrongSizeOrDigestFailsTheRead() throws IOException {
    var bytes = sample(100);
    var digest = Digest.sha256(bytes);
    assertThat(verify(bytes, digest, 100)).isEqualTo(bytes);
    assertThatThrownBy(() -> verify(bytes, digest, 99)).hasMessageContaining("longer");
    assertThatThrownBy(() -> verify(bytes, digest, 101)).hasMessageContaining("early");
    assertThatThrownBy(() -> verify(bytes, Digest.sha256("x"), 100))
        .hasMessageContaining("instead of");
  }

  private static byte[] verify(byte[] bytes, Digest digest, long size) throws IOException {
    try (var in = new VerifyingInputStream(new ByteArrayInputStream(bytes), digest, size)) {
      return in.readAllBytes();
    }
  }
}
