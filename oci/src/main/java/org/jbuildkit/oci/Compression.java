package org.jbuildkit.oci;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/** How layers are compressed. The bytes depend on the input alone. */
public enum Compression {
  UNCOMPRESSED("uncompressed", MediaType.OCI_LAYER, MediaType.DOCKER_LAYER),
  GZIP("gzip", MediaType.OCI_LAYER_GZIP, MediaType.DOCKER_LAYER_GZIP),
  ZSTD("zstd", MediaType.OCI_LAYER_ZSTD, MediaType.DOCKER_LAYER_ZSTD);

  private final String text;
  private final String ociLayer;
  private final String dockerLayer;

  Compression(String text, String ociLayer, String dockerLayer) {
    this.text = text;
    this.ociLayer = ociLayer;
    this.dockerLayer = dockerLayer;
  }

  /** The compression of this name; empty stands for gzip. */
  public static Compression parse(String text) {
    for (var compression : values()) {
      if (compression.text.equals(text)) {
        return compression;
      }
    }
    if (text.isEmpty()) {
      return GZIP;
    }
    if (text.equals("estargz")) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "compression type estargz is not supported by this daemon");
    }
    throw BuildException.invalid("unsupported layer compression type " + text);
  }

  public String text() {
    return text;
  }

  /** The media type of a layer compressed so. */
  public String layerType(boolean isOci) {
    return isOci ? ociLayer : dockerLayer;
  }

  /** Compresses into a stream; closing the result closes the stream. */
  public OutputStream compress(OutputStream out) throws IOException {
    return switch (this) {
      case UNCOMPRESSED -> out;
      case GZIP -> new GZIPOutputStream(out, 128 * 1024);
      case ZSTD -> new ZstdOutputStream(out, 3);
    };
  }
}
