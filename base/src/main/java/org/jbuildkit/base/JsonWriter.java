package org.jbuildkit.base;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;

/** Writes JSON byte for byte as Go's {@code encoding/json}. */
final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out;
  private final String prefix;
  private final String indent;
  private final boolean escapeHtml;
  private int depth;

  /** Without prefix and indent the form is compact. */
  JsonWriter(StringBuilder out, String prefix, String indent) {
    this(out, prefix, indent, true);
  }

  JsonWriter(StringBuilder out, String prefix, String indent, boolean escapeHtml) {
    this.escapeHtml = escapeHtml;
    this.out = out;
    this.prefix = prefix;
    this.indent = indent;
  }

  void write(Json json) {
    switch (json) {
      case Json.Null _ -> out.append("null");
      case Json.Bool(boolean value) -> out.append(value);
      case Json.Num(BigDecimal value) -> out.append(number(value));
      case Json.Str(String value) -> text(value);
      case Json.Arr arr -> array(arr);
      case Json.Obj obj -> object(obj);
    }
  }

  private static String number(BigDecimal value) {
    var plain = value.stripTrailingZeros();
    if (plain.scale() <= 0 && plain.precision() - plain.scale() <= 21) {
      return plain.toBigInteger().toString();
    }
    return goFloat(plain);
  }

  /** Go writes floats as %f within 1e-6..1e21, else with an exponent. */
  private static String goFloat(BigDecimal value) {
    var magnitude = value.abs();
    if (magnitude.compareTo(new BigDecimal("1e-6")) >= 0
        && magnitude.compareTo(new BigDecimal("1e21")) < 0) {
      return value.toPlainString();
    }
    var digits = value.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - value.scale();
    var mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    var sign = value.signum() < 0 ? "-" : "";
    return sign + mantissa + "e" + (exponent < 0 ? "" : "+") + exponent;
  }

  private void array(Json.Arr arr) {
    out.append('[');
    depth++;
    for (Iterator<Json> it = arr.elements().iterator(); it.hasNext(); ) {
      newLine();
      write(it.next());
      if (it.hasNext()) {
        out.append(',');
      }
    }
    depth--;
    if (!arr.elements().isEmpty()) {
      newLine();
    }
    out.append(']');
  }

  private void object(Json.Obj obj) {
    out.append('{');
    depth++;
    for (Iterator<Map.Entry<String, Json>> it = obj.members().entrySet().iterator();
        it.hasNext(); ) {
      var member = it.next();
      newLine();
      text(member.getKey());
      out.append(isCompact() ? ":" : ": ");
      write(member.getValue());
      if (it.hasNext()) {
        out.append(',');
      }
    }
    depth--;
    if (!obj.members().isEmpty()) {
      newLine();
    }
    out.append('}');
  }

  private boolean isCompact() {
    return prefix.isEmpty() && indent.isEmpty();
  }

  private void newLine() {
    if (!isCompact()) {
      out.append('\n').append(prefix).repeat(indent, depth);
    }
  }

  private void text(String value) {
    out.append('"');
    int written = 0;
    for (int i = 0; i < value.length(); i++) {
      if (!isPlain(value.charAt(i))) {
        out.append(value, written, i);
        character(value, i);
        written = i + 1;
      }
    }
    out.append(value, written, value.length()).append('"');
  }

  /** Whether a character stands for itself; whole runs of such are copied at once. */
  private static boolean isPlain(char c) {
    return switch (c) {
      case '"', '\\', '<', '>', '&' -> false;
      default -> c >= 0x20 && c < 0x2028;
    };
  }

  private void character(String value, int i) {
    char c = value.charAt(i);
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '<', '>', '&' -> {
        if (escapeHtml) {
          escape(c);
        } else {
          out.append(c);
        }
      }
      case '\u2028', '\u2029' -> escape(c);
      default -> {
        if (c < 0x20) {
          escape(c);
        } else if (Character.isSurrogate(c) && !isPaired(value, i)) {
          out.append("\\ufffd");
        } else {
          out.append(c);
        }
      }
    }
  }

  private static boolean isPaired(String value, int i) {
    char c = value.charAt(i);
    return Character.isHighSurrogate(c)
        ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
  }

  private void escape(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xF));
    }
  }
}
