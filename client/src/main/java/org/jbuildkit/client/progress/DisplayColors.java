package org.jbuildkit.client.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jbuildkit.base.CsvRecord;

/**
 * The colours of lines on a terminal, as what stands between {@code ESC[} and {@code m}; empty for
 * none.
 */
public record DisplayColors(String run, String cancel, String error, String warning) {
  private static final DisplayColors PRESET = new DisplayColors("34", "33", "31", "33");
  private static final DisplayColors NONE = new DisplayColors("", "", "", "");
  private static final List<String> NAMES =
      List.of("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white");
  private static final int MAX_PART = 255;

  /**
   * What {@code NO_COLOR} and {@code BUILDKIT_COLORS} ask for.
   *
   * @param warnings gets a line for each part that makes no sense and is left out
   */
  public static DisplayColors of(Map<String, String> environment, Consumer<String> warnings) {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return NONE;
    }
    var colors = PRESET;
    for (var part : parts(environment.getOrDefault("BUILDKIT_COLORS", ""), warnings)) {
      int equals = part.indexOf('=');
      if (equals < 0 || part.indexOf('=', equals + 1) >= 0) {
        warnings.accept("Could not parse BUILDKIT_COLORS component: " + part);
        continue;
      }
      var key = part.substring(0, equals).toLowerCase(Locale.ROOT);
      var code = code(key, part.substring(equals + 1), warnings);
      if (code.isPresent()) {
        colors = colors.with(key, code.get(), warnings);
      }
    }
    return colors;
  }

  /** Fields between colons; those in quotes may hold some. */
  private static List<String> parts(String text, Consumer<String> warnings) {
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      var swapped = new ArrayList<String>();
      for (var field : CsvRecord.parse(swap(text))) {
        swapped.add(swap(field));
      }
      return swapped;
    } catch (IllegalArgumentException _) {
      warnings.accept("Could not parse BUILDKIT_COLORS. Falling back to defaults.");
      return List.of();
    }
  }

  private static String swap(String text) {
    return text.replace(',', '\0').replace(':', ',').replace('\0', ':');
  }

  private DisplayColors with(String key, String code, Consumer<String> warnings) {
    return switch (key) {
      case "run" -> new DisplayColors(code, cancel, error, warning);
      case "cancel" -> new DisplayColors(run, code, error, warning);
      case "error" -> new DisplayColors(run, cancel, code, warning);
      case "warning" -> new DisplayColors(run, cancel, error, code);
      default -> {
        warnings.accept(
            "Unknown key found in BUILDKIT_COLORS (expected: run, cancel, error, or warning): "
                + key);
        yield this;
      }
    };
  }

  private static Optional<String> code(String key, String value, Consumer<String> warnings) {
    var name = value.toLowerCase(Locale.ROOT);
    if (name.equals("default")) {
      return Optional.of("39");
    }
    boolean light = name.startsWith("light-");
    int index = NAMES.indexOf(light ? name.substring("light-".length()) : name);
    if (index >= 0) {
      return Optional.of(Integer.toString((light ? 90 : 30) + index));
    }
    if (value.contains(",")) {
      return rgb(value, warnings);
    }
    warnings.accept("Unknown color value found in BUILDKIT_COLORS: " + key + "=" + value);
    return Optional.empty();
  }

  private static Optional<String> rgb(String value, Consumer<String> warnings) {
    var fields = value.split(",", -1);
    if (fields.length != 3) {
      warnings.accept("Could not parse value " + value + " as valid RGB color. Ignoring.");
      return Optional.empty();
    }
    int code = 16;
    int weight = 36;
    for (var field : fields) {
      if (!field.matches("[+-]?[0-9]{1,9}")) {
        warnings.accept(
            "A field in BUILDKIT_COLORS appears to contain an RGB value that is not an integer: "
                + value);
        return Optional.empty();
      }
      int part = Integer.parseInt(field);
      if (part < 0 || part > MAX_PART) {
        warnings.accept(
            "A field in BUILDKIT_COLORS appears to contain an RGB value that is not within the"
                + " valid range of 0-255: "
                + value);
        return Optional.empty();
      }
      code += weight * (part / 43);
      weight /= 6;
    }
    return Optional.of("38;5;" + code);
  }
}
