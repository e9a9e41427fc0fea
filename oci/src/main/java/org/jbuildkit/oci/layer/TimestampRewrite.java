package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Makes a layer archive in which nothing is later than an epoch. */
public final class TimestampRewrite {
  private TimestampRewrite() {}

  /**
   * Writes the same members with modification times cut at the epoch.
   *
   * @param archive uncompressed; read to its end, not closed
   * @param epoch seconds since 1970
   * @param out not closed
   */
  public static void rewrite(InputStream archive, long epoch, OutputStream out) throws IOException {
    var reader = new TarReader(archive);
    var buffer = new byte[128 * 1024];
    try (var writer = new TarWriter(out)) {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        var member = entry.get();
        boolean isLater =
            member.seconds() > epoch || (member.seconds() == epoch && member.nanos() > 0);
        writer.begin(trimmed(isLater ? member.withTime(epoch, 0) : member));
        for (int n = reader.read(buffer, 0, buffer.length);
            n >= 0;
            n = reader.read(buffer, 0, buffer.length)) {
          writer.write(buffer, 0, n);
        }
      }
    }
    archive.transferTo(OutputStream.nullOutputStream());
  }

  /** The writer puts the slash after directories itself. */
  private static TarEntry trimmed(TarEntry member) {
    var name = member.name();
    int end = name.length();
    while (member.kind() == TarEntry.Kind.DIRECTORY && end > 0 && name.byteAt(end - 1) == '/') {
      end--;
    }
    return end == name.length() ? member : member.withName(name.slice(0, end));
  }
}
