package org.jbuildkit.dockerfile.syntax;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.Json;

/** Finds directives at the head of a file without reading the rest. */
public final class Directives {
  static final Set<String> NAMES = Set.of("syntax", "escape", "check");
  private static final Pattern SYNTAX_LINE =
      Pattern.compile("^\uFEFF?(?:#|//)[ \t]*syntax[ \t]*=|\"syntax\"", Pattern.CASE_INSENSITIVE);
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private Directives() {}

  /** The whole value of a directive, if the file has it. */
  public static Optional<String> find(byte[] file, String name) {
    return scan(text(file), name, "#");
  }

  /**
   * The value of the {@code syntax} directive, which files in other languages may have after two
   * slashes or as a member of a JSON object.
   */
  public static Optional<String> syntax(byte[] file) {
    var text = text(file);
    return scan(text, "syntax", "#").or(() -> scan(text, "syntax", "//")).or(() -> json(text));
  }

  /** The number of the line, from 1 on, that {@link #syntax} finds its value in. */
  public static int syntaxLine(byte[] file) {
    var lines = new String(file, StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (SYNTAX_LINE.matcher(lines[i]).find()) {
        return i + 1;
      }
    }
    return 1;
  }

  private static String text(byte[] file) {
    var text = new String(file, StandardCharsets.UTF_8);
    if (text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(1);
    }
    return text.startsWith("#!") ? text.substring(text.indexOf('\n') + 1) : text;
  }

  private static Optional<String> scan(String text, String name, String mark) {
    var form = Pattern.compile(mark + "[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(\\S.*)");
    var seen = new HashSet<String>();
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      var match = form.matcher(text.substring(start, end));
      if (!match.matches()) {
        return Optional.empty();
      }
      var found = match.group(1).toLowerCase(Locale.ROOT);
      if (!NAMES.contains(found) || !seen.add(found)) {
        return Optional.empty();
      }
      if (found.equals(name)) {
        return Optional.of(match.group(2).strip());
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  private static Optional<String> json(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Json.parse(text) instanceof Json.Obj object
          ? Optional.of(object.text("syntax")).filter(value -> !value.isEmpty())
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
