package org.jbuildkit.dockerfile;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.Json;

/**
 * Parts of a base image's config in the form that they have in the image built on it: only what the
 * formats know, in their order, and nothing that is empty.
 */
final class BaseConfig {
  private static final Pattern TIME =
      Pattern.compile("([^.]+?)(?:\\.(\\d*?)0*)?(Z|[+-]\\d\\d:\\d\\d)");

  private BaseConfig() {}

  /** A time as Go writes it: no zeros at the end of a fraction, and a letter for no offset. */
  private static String time(String written) {
    var match = TIME.matcher(written);
    if (!match.matches()) {
      return written;
    }
    var fraction = match.group(2) == null || match.group(2).isEmpty() ? "" : "." + match.group(2);
    var zone = match.group(3).matches("[+-]00:00") ? "Z" : match.group(3);
    return match.group(1) + fraction + zone;
  }

  static Json history(Json entry) {
    if (!(entry instanceof Json.Obj written)) {
      return Json.object().build();
    }
    var history = Json.object();
    var created = written.text("created");
    return history
        .putUnlessEmpty("created", time(created))
        .putUnlessEmpty("created_by", written.text("created_by"))
        .putUnlessEmpty("author", written.text("author"))
        .putUnlessEmpty("comment", written.text("comment"))
        .putUnlessFalse("empty_layer", written.flag("empty_layer"))
        .build();
  }

  static Optional<Json> healthcheck(Json.Obj config) {
    if (!(config.get("Healthcheck").orElse(new Json.Null()) instanceof Json.Obj written)) {
      return Optional.empty();
    }
    return Optional.of(
        Json.object()
            .putUnlessEmpty("Test", written.texts("Test"))
            .putUnlessZero("Interval", written.number("Interval"))
            .putUnlessZero("Timeout", written.number("Timeout"))
            .putUnlessZero("StartPeriod", written.number("StartPeriod"))
            .putUnlessZero("StartInterval", written.number("StartInterval"))
            .putUnlessZero("Retries", written.number("Retries"))
            .build());
  }
}
