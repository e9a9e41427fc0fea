package org.jbuildkit.oci.compress;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.OptionalLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.oci.MediaType;

/** How layers that we make are compressed. */
public enum Compression {
  UNCOMPRESSED(MediaType.OCI_LAYER),
  GZIP(MediaType.OCI_LAYER_GZIP),
  ZSTD(MediaType.OCI_LAYER_ZSTD);

  private final String mediaType;

  Compression(String mediaType) {
    this.mediaType = mediaType;
  }

  /**
   * Reads an exporter's {@code compression}.
   *
   * @throws BuildException for unknown types and for {@code estargz}, which is not built
   */
  public static Compression parse(String name) {
    return switch (name) {
      case "uncompressed" -> UNCOMPRESSED;
      case "gzip" -> GZIP;
      case "zstd" -> ZSTD;
      case "estargz" ->
          throw new BuildException(
              ErrorCode.UNIMPLEMENTED, "compression type estargz is not supported by this builder");
      default -> throw BuildException.failed("unsupported compression type " + name);
    };
  }

  /** The compression of a layer of this media type; plain for all that is no compressed layer. */
  public static Compression ofMediaType(String mediaType) {
    if (mediaType.endsWith("+gzip") || mediaType.endsWith(".gzip")) {
      return GZIP;
    }
    return mediaType.endsWith("+zstd") || mediaType.endsWith(".zstd") ? ZSTD : UNCOMPRESSED;
  }

  /** OCI's media type of a layer. */
  public String mediaType() {
    return mediaType;
  }

  /** Whether a layer of this media type has to be converted to have this compression. */
  public boolean needsConversion(String layerType) {
    return MediaType.isLayer(layerType) && ofMediaType(layerType) != this;
  }

  /**
   * A stream that compresses to {@code out}. Closing it ends the compressed data and closes {@code
   * out}.
   *
   * @param level gzip's -2 to 9, or any number for zstd; empty for the default
   * @throws IOException for a level that does not exist
   */
  public OutputStream compress(OutputStream out, OptionalLong level) throws IOException {
    return switch (this) {
      case UNCOMPRESSED -> out;
      case GZIP -> new GzipOutput(out, level.orElse(-1));
      case ZSTD -> new ZstdOutputStream(out, zstdLevel(level)).setChecksum(true);
    };
  }

  /** The levels that stand for fastest, default, better and best. */
  private static int zstdLevel(OptionalLong level) {
    long wanted = level.orElse(3);
    if (wanted < 3) {
      return 1;
    }
    if (wanted < 6) {
      return 3;
    }
    return wanted < 10 ? 7 : 11;
  }

  /** The name as options have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
