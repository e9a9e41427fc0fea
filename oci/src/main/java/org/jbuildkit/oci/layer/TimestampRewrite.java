package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies a layer archive with every time that is later than a limit set to the limit. */
public final class TimestampRewrite {
  private TimestampRewrite() {}

  /** Neither stream is closed. */
  public static void copy(InputStream archive, OutputStream out, long epochSeconds)
      throws IOException {
    var reader = new TarReader(archive);
    try (var writer = new TarWriter(out)) {
      var buffer = new byte[128 * 1024];
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        var original = withoutSlash(entry.get());
        writer.begin(
            original.seconds() > epochSeconds ? original.withTime(epochSeconds, 0) : original);
        for (int n = reader.read(buffer, 0, buffer.length);
            n >= 0;
            n = reader.read(buffer, 0, buffer.length)) {
          writer.write(buffer, 0, n);
        }
      }
    }
  }

  private static TarEntry withoutSlash(TarEntry entry) {
    var name = entry.name();
    int end = name.length();
    while (end > 1 && name.byteAt(end - 1) == '/') {
      end--;
    }
    return entry.withName(name.slice(0, end));
  }
}
