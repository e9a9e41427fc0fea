package org.jbuildkit.exporters.image;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jbuildkit.base.BuildException;

/** Times in image documents: RFC 3339 with as many digits of a second as are needed. */
final class ImageTime {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter SPACED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private ImageTime() {}

  static OffsetDateTime ofEpoch(long seconds) {
    return Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC);
  }

  static OffsetDateTime of(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  /** Reads RFC 3339, keeping the offset; failures in Go's words. */
  static OffsetDateTime parse(String text) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "parsing time \"%s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"%s\" as \"2006\""
              .formatted(text, text),
          e);
    }
  }

  static String format(OffsetDateTime time) {
    var text = new StringBuilder(SECONDS.format(time));
    if (time.getNano() > 0) {
      text.append('.').append("%09d".formatted(time.getNano()).replaceAll("0+$", ""));
    }
    return text.append(time.getOffset().getId()).toString();
  }

  /** Go's {@code Time.String()} of a whole second in UTC. */
  static String describe(long seconds) {
    return SPACED.format(ofEpoch(seconds)) + " +0000 UTC";
  }
}
