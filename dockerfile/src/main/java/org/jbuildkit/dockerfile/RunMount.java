package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.syntax.GoBool;
import org.jbuildkit.dockerfile.syntax.Suggestion;

/** A {@code --mount} of RUN, read. */
record RunMount(
    String type,
    String from,
    String source,
    String target,
    Optional<Boolean> readOnly,
    boolean required,
    long size,
    String id,
    String sharing,
    Optional<Integer> mode,
    Optional<Integer> uid,
    Optional<Integer> gid,
    String env) {

  private static final List<String> TYPES = List.of("bind", "cache", "tmpfs", "secret", "ssh");
  private static final List<String> KEYS =
      List.of(
          "type",
          "from",
          "source",
          "target",
          "readonly",
          "id",
          "sharing",
          "required",
          "size",
          "mode",
          "uid",
          "gid",
          "src",
          "dst",
          "destination",
          "ro",
          "rw",
          "readwrite",
          "env");
  private static final Pattern SIZE =
      Pattern.compile("(?i)(\\+?[0-9]{0,18}\\.?[0-9]{0,18}) ?(?:b|([kmgtp])(?:i?b)?)?");
  private static final Set<String> OWNED = Set.of("cache", "secret", "ssh");

  /**
   * @param expand replaces variables in a word
   * @throws BuildException for what makes no sense
   */
  static RunMount parse(String text, UnaryOperator<String> expand) {
    var reading = new Reading(expand);
    CsvRecord.parse(text).forEach(reading::field);
    return reading.mount();
  }

  /** The stage or image that a mount names, empty if it names none. */
  static String from(String text) {
    var from = "";
    for (var field : CsvRecord.parse(text)) {
      int equals = field.indexOf('=');
      if (equals > 0 && field.substring(0, equals).equalsIgnoreCase("from")) {
        from = field.substring(equals + 1);
      }
    }
    return from;
  }

  private static final class Reading {
    private final UnaryOperator<String> expand;
    private String type = "bind";
    private String from = "";
    private String source = "";
    private String target = "";
    private Optional<Boolean> readOnly = Optional.empty();
    private boolean required;
    private long size;
    private String id = "";
    private String sharing = "";
    private Optional<Integer> mode = Optional.empty();
    private Optional<Integer> uid = Optional.empty();
    private Optional<Integer> gid = Optional.empty();
    private String env = "";

    Reading(UnaryOperator<String> expand) {
      this.expand = expand;
    }

    void field(String field) {
      int equals = field.indexOf('=');
      var key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
      if (equals < 0) {
        bare(key, field);
        return;
      }
      var value = expand.apply(field.substring(equals + 1));
      switch (key) {
        case "type" -> type = type(value);
        case "from" -> from = value;
        case "source", "src" -> source = value;
        case "target", "dst", "destination" -> target = value;
        case "ro", "readonly" -> readOnly = Optional.of(bool(key, value));
        case "rw", "readwrite" -> readOnly = Optional.of(!bool(key, value));
        case "required" -> {
          refuseRequired();
          required = bool(key, value);
        }
        case "size" -> size = size(value);
        case "id" -> id = value;
        case "sharing" -> sharing = sharing(value);
        case "mode" -> mode = Optional.of(mode(value));
        case "uid" -> uid = Optional.of(owner("uid", value));
        case "gid" -> gid = Optional.of(owner("gid", value));
        case "env" -> env = value;
        default ->
            throw BuildException.invalid(
                "unexpected key '%s' in '%s'".formatted(key, field) + Suggestion.text(key, KEYS));
      }
    }

    private void bare(String key, String field) {
      switch (key) {
        case "ro", "readonly" -> readOnly = Optional.of(true);
        case "rw", "readwrite" -> readOnly = Optional.of(false);
        case "required" -> {
          refuseRequired();
          required = true;
        }
        default ->
            throw BuildException.invalid(
                "invalid field '%s' must be a key=value pair".formatted(field));
      }
    }

    private static String type(String value) {
      var lower = value.toLowerCase(Locale.ROOT);
      if (!TYPES.contains(lower)) {
        throw BuildException.invalid(
            "unsupported mount type " + GoQuote.quote(value) + Suggestion.text(value, TYPES));
      }
      return lower;
    }

    private static boolean bool(String key, String value) {
      return GoBool.parse(value)
          .orElseThrow(() -> BuildException.invalid("invalid value for " + key + ": " + value));
    }

    private void refuseRequired() {
      if (!type.equals("secret") && !type.equals("ssh")) {
        throw BuildException.invalid("unexpected key 'required' for mount type '" + type + "'");
      }
    }

    private long size(String value) {
      if (!type.equals("tmpfs")) {
        throw BuildException.invalid("unexpected key 'size' for mount type '" + type + "'");
      }
      var match = SIZE.matcher(value);
      if (!match.matches() || !match.group(1).matches(".*[0-9].*")) {
        throw BuildException.invalid("invalid value for size: " + value);
      }
      var unit = match.group(2) == null ? " " : match.group(2).toLowerCase(Locale.ROOT);
      return (long) (Double.parseDouble(match.group(1)) * (1L << (10 * " kmgtp".indexOf(unit))));
    }

    private String sharing(String value) {
      var lower = value.toLowerCase(Locale.ROOT);
      var known = List.of("shared", "private", "locked");
      if (!known.contains(lower)) {
        throw BuildException.invalid(
            "unsupported sharing value " + GoQuote.quote(value) + Suggestion.text(value, known));
      }
      return lower;
    }

    private static int mode(String value) {
      try {
        return Integer.parseUnsignedInt(value, 8);
      } catch (NumberFormatException e) {
        throw new BuildException(ErrorCode.UNKNOWN, "invalid value " + value + " for mode", e);
      }
    }

    private static int owner(String key, String value) {
      try {
        return Integer.parseUnsignedInt(value);
      } catch (NumberFormatException e) {
        throw new BuildException(ErrorCode.UNKNOWN, "invalid value " + value + " for " + key, e);
      }
    }

    private void refuse(String key, boolean isGiven) {
      if (isGiven && !OWNED.contains(type)) {
        throw BuildException.invalid(key + " not allowed for \"" + type + "\" type mounts");
      }
    }

    RunMount mount() {
      refuse("mode", mode.isPresent());
      refuse("uid", uid.isPresent());
      refuse("gid", gid.isPresent());
      if (type.equals("secret")) {
        secret();
      }
      if (!sharing.isEmpty() && !type.equals("cache")) {
        throw BuildException.invalid("invalid cache sharing set for " + type + " mount");
      }
      return new RunMount(
          type, from, source, target, readOnly, required, size, id, sharing, mode, uid, gid, env);
    }

    private void secret() {
      if (!from.isEmpty()) {
        throw BuildException.invalid("secret mount should not have a from");
      }
      if (!sharing.isEmpty()) {
        throw BuildException.invalid("secret mount should not define sharing");
      }
      if (source.isEmpty() && id.isEmpty() && target.isEmpty()) {
        throw BuildException.invalid("invalid secret mount. one of source, target required");
      }
      if (!source.isEmpty() && !id.isEmpty()) {
        throw BuildException.invalid("both source and id can't be set");
      }
      id = id.isEmpty() ? source : id;
      if (id.isEmpty()) {
        id = last(target);
      }
    }
  }

  /** A path's last name, whatever slashes come after it. */
  static String last(String path) {
    var name = path.replaceFirst("/+$", "");
    return name.isEmpty() && !path.isEmpty() ? "/" : name.substring(name.lastIndexOf('/') + 1);
  }

  /** All mounts of an instruction. */
  static List<RunMount> parseAll(List<String> texts, UnaryOperator<String> expand) {
    var mounts = new ArrayList<RunMount>();
    texts.forEach(text -> mounts.add(parse(text, expand)));
    return mounts;
  }
}
