package org.jbuildkit.dockerfile.syntax;

import java.util.List;
import java.util.Locale;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;

/** Checks a {@code --device} of RUN. */
final class DeviceReader {
  private static final List<String> KEYS = List.of("name", "required");

  private DeviceReader() {}

  /**
   * @throws IllegalArgumentException for what is no device
   */
  static void check(String text) {
    List<String> fields;
    try {
      fields = CsvRecord.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "failed to parse csv devices: " + BuildException.describe(e), e);
    }
    var name = "";
    for (int i = 0; i < fields.size(); i++) {
      var field = fields.get(i);
      int equals = field.indexOf('=');
      var key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
      var value = equals < 0 ? "" : field.substring(equals + 1);
      if (key.equals("required")) {
        if (equals >= 0 && GoBool.parse(value).isEmpty()) {
          throw new IllegalArgumentException("invalid value for required: " + value);
        }
      } else if (key.equals("name") && equals >= 0) {
        if (!name.isEmpty()) {
          throw new IllegalArgumentException("device name already set to " + name);
        }
        name = value;
      } else if (i == 0) {
        name = field;
      } else if (equals < 0) {
        throw new IllegalArgumentException(
            "invalid field '%s' must be a key=value pair".formatted(field));
      } else {
        throw new IllegalArgumentException(
            "unexpected key '%s' in '%s'".formatted(key, field) + Suggestion.text(key, KEYS));
      }
    }
  }
}
