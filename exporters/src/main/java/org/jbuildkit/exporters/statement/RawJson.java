package org.jbuildkit.exporters.statement;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jbuildkit.base.Json;

/**
 * JSON objects whose members are kept as they are spelled: numbers, escapes and inner order survive
 * as they do in Go's {@code json.RawMessage}.
 */
public final class RawJson {
  private RawJson() {}

  /**
   * The top-level members with their compact text; of equal names the last wins.
   *
   * @throws IllegalArgumentException where the text is no JSON object
   */
  public static SequencedMap<String, String> members(String document) {
    Json.parseObject(document.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    var text = compact(document);
    var members = new LinkedHashMap<String, String>();
    int at = 1;
    while (text.charAt(at) != '}') {
      int nameEnd = endOfValue(text, at);
      int valueEnd = endOfValue(text, nameEnd + 1);
      members.put(name(text.substring(at, nameEnd)), text.substring(nameEnd + 1, valueEnd));
      at = text.charAt(valueEnd) == ',' ? valueEnd + 1 : valueEnd;
    }
    return members;
  }

  private static String name(String quoted) {
    return Json.parse(quoted) instanceof Json.Str(String value) ? value : quoted;
  }

  /** Where the value that starts here ends, in compact text. */
  private static int endOfValue(String text, int start) {
    int depth = 0;
    for (int i = start; ; i++) {
      char c = text.charAt(i);
      boolean ends = depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']');
      if (ends) {
        return i;
      }
      if (c == '"') {
        i = endOfText(text, i);
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      }
    }
  }

  /** The closing quote of the text that opens here. */
  private static int endOfText(String text, int quote) {
    int i = quote + 1;
    while (text.charAt(i) != '"') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  /** Without spaces between values; characters that HTML knows are escaped. */
  public static String compact(String document) {
    var out = new StringBuilder(document.length());
    boolean inText = false;
    for (int i = 0; i < document.length(); i++) {
      char c = document.charAt(i);
      if (c == '"') {
        inText = !inText;
      }
      if (inText && c == '\\') {
        out.append(c).append(document.charAt(++i));
      } else if (inText && isEscaped(c)) {
        out.append("\\u%04x".formatted((int) c));
      } else if (inText || !isSpace(c)) {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Compact text laid out in lines, as Go's {@code MarshalIndent} does. */
  public static String indent(String compact) {
    var out = new StringBuilder(compact.length() * 2);
    int depth = 0;
    for (int i = 0; i < compact.length(); i++) {
      char c = compact.charAt(i);
      switch (c) {
        case '"' -> {
          int end = endOfText(compact, i);
          out.append(compact, i, end + 1);
          i = end;
        }
        case '{', '[' -> {
          out.append(c);
          char next = compact.charAt(i + 1);
          if (next == '}' || next == ']') {
            out.append(next);
            i++;
          } else {
            newLine(out, ++depth);
          }
        }
        case '}', ']' -> newLine(out, --depth).append(c);
        case ',' -> newLine(out.append(c), depth);
        case ':' -> out.append(": ");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static StringBuilder newLine(StringBuilder out, int depth) {
    return out.append('\n').repeat("  ", depth);
  }

  private static boolean isEscaped(char c) {
    return c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /** The object of these members in their order. */
  public static String write(Map<String, String> members) {
    var out = new StringBuilder("{");
    members.forEach((name, value) ->
        out.append(out.length() > 1 ? "," : "")
            .append(Json.of(name).write())
            .append(':')
            .append(value));
    return out.append('}').toString();
  }
}
