package org.jbuildkit.exporters;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.exporters.image.ImageOptions.Epoch;

/** The time to which a result is set back. */
final class ResultEpoch {
  private ResultEpoch() {}

  /**
   * Seconds since 1970 in effect for a platform: the request's, or else the frontend's.
   *
   * @throws BuildException for a frontend's that is no number
   */
  static OptionalLong of(Epoch asked, BuildResult result, String platform) {
    return switch (asked) {
      case Epoch.At(long seconds) -> OptionalLong.of(seconds);
      case Epoch.None _ -> OptionalLong.empty();
      case Epoch.Unset _ -> {
        var text =
            result
                .metadata("source.date.epoch", Optional.of(platform))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        yield text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(seconds(text.get()));
      }
    };
  }

  private static long seconds(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BuildException(
          ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH from frontend: \"" + text + "\"", e);
    }
  }
}
