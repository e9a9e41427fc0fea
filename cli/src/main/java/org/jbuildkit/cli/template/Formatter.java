package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jbuildkit.base.GoQuote;

/** Text with verbs such as {@code %-5s} and their operands: Go's {@code printf}. */
final class Formatter {
  private static final int MAX_WIDTH = 1_000_000;

  private final String format;
  private final List<Value> operands;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int used;

  private Formatter(String format, List<Value> operands) {
    this.format = format;
    this.operands = operands;
  }

  static String format(String format, List<Value> operands) {
    return new Formatter(format, operands).run();
  }

  /** A verb with its flags; width and precision are negative where there is none. */
  private record Verb(int letter, String flags, int width, int precision) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  private String run() {
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
      } else if (at == format.length()) {
        out.append("%!(NOVERB)");
      } else {
        verb();
      }
    }
    if (used < operands.size()) {
      var extra = operands.subList(used, operands.size()).stream().map(Formatter::typed).toList();
      out.append("%!(EXTRA ").append(String.join(", ", extra)).append(')');
    }
    return out.toString();
  }

  private static String typed(Value value) {
    return value.typeName() + (value instanceof Value.Nil ? "" : "=" + GoPrint.value(value));
  }

  private void verb() {
    var flags = new StringBuilder();
    while (at < format.length() && "+-# 0".indexOf(format.charAt(at)) >= 0) {
      flags.append(format.charAt(at++));
    }
    int width = amount();
    if (width < -1) {
      flags.append('-');
      width = -width;
    }
    int precision = -1;
    if (at < format.length() && format.charAt(at) == '.') {
      at++;
      precision = Math.max(0, amount());
    }
    if (at >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    int letter = format.codePointAt(at);
    at += Character.charCount(letter);
    if (letter == '%') {
      out.append('%');
    } else if (used >= operands.size()) {
      out.append("%!").appendCodePoint(letter).append("(MISSING)");
    } else {
      print(new Verb(letter, flags.toString(), width, precision), operands.get(used++));
    }
  }

  /** A number, or the operand that a star takes; -1 if there is none. */
  private int amount() {
    if (at < format.length() && format.charAt(at) == '*') {
      at++;
      return used < operands.size() && operands.get(used++) instanceof Value.Int(long number)
          ? Math.clamp(number, -MAX_WIDTH, MAX_WIDTH)
          : -1;
    }
    int start = at;
    while (at < format.length() && Character.isDigit(format.charAt(at)) && at - start < 6) {
      at++;
    }
    return start == at ? -1 : Integer.parseInt(format.substring(start, at));
  }

  private void print(Verb verb, Value value) {
    var text = text(verb, value);
    int missing = verb.width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      out.append(text);
    } else if (verb.has('-')) {
      out.append(text).repeat(" ", missing);
    } else if (verb.has('0') && isNumber(value) && verb.letter != 'q') {
      int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
      out.append(text, 0, sign).repeat("0", missing).append(text, sign, text.length());
    } else {
      out.repeat(verb.has('0') ? "0" : " ", missing).append(text);
    }
  }

  private static boolean isNumber(Value value) {
    return value instanceof Value.Int || value instanceof Value.Decimal;
  }

  private static String text(Verb verb, Value value) {
    if (verb.letter == 'T') {
      return value.typeName();
    }
    if (verb.letter == 'v') {
      return plain(verb, value);
    }
    return switch (value) {
      case Value.Int(long number) -> integer(verb, number, value);
      case Value.Decimal(double number) -> decimal(verb, number, value);
      case Value.Text(String text) -> string(verb, text, value);
      case Value.Bool(boolean flag) ->
          verb.letter == 't' ? Boolean.toString(flag) : bad(verb, value);
      case Value.Period(long nanos) ->
          verb.letter == 'd' ? Long.toString(nanos) : string(verb, GoPrint.value(value), value);
      case Value.Constant(String name, long number) ->
          verb.letter == 'd' ? Long.toString(number) : string(verb, name, value);
      case Value.Time _ -> string(verb, GoPrint.value(value), value);
      case Value.Items items ->
          "[" + String.join(" ", items.elements().stream().map(e -> text(verb, e)).toList()) + "]";
      case Value.Dict _, Value.Struct _ ->
          verb.letter == 's' ? GoPrint.value(value) : bad(verb, value);
      case Value.Nil _, Value.NilPointer _ -> bad(verb, value);
    };
  }

  private static String plain(Verb verb, Value value) {
    return switch (value) {
      case Value.Text(String text) when verb.has('#') -> GoQuote.quote(text);
      case Value.Text(String text) -> cut(text, verb.precision);
      case Value.Int(long number) when verb.has('+') -> signed(verb, Long.toString(number));
      case Value.Decimal(double number) ->
          verb.precision >= 0
              ? decimal(new Verb('g', verb.flags, -1, verb.precision), number, value)
              : signed(verb, GoPrint.decimal(number));
      default -> GoPrint.value(value, verb.has('+'));
    };
  }

  private static String bad(Verb verb, Value value) {
    return "%!" + Character.toString(verb.letter) + "(" + typed(value) + ")";
  }

  private static String signed(Verb verb, String number) {
    if (number.startsWith("-") || number.startsWith("+")) {
      return number;
    }
    return verb.has('+') ? "+" + number : verb.has(' ') ? " " + number : number;
  }

  private static String integer(Verb verb, long number, Value value) {
    return switch (verb.letter) {
      case 'd' -> signed(verb, Long.toString(number));
      case 'b' -> signed(verb, Long.toString(number, 2));
      case 'o' -> signed(verb, (verb.has('#') ? "0" : "") + Long.toString(number, 8));
      case 'x' -> signed(verb, hex(verb, number));
      case 'X' -> signed(verb, hex(verb, number).toUpperCase(Locale.ROOT));
      case 'c' -> Character.toString((int) number);
      case 'q' -> "'" + Character.toString((int) number) + "'";
      case 'U' -> "U+%04X".formatted(number);
      default -> bad(verb, value);
    };
  }

  private static String hex(Verb verb, long number) {
    var digits = (verb.has('#') ? "0x" : "") + Long.toString(Math.abs(number), 16);
    return number < 0 ? "-" + digits : digits;
  }

  private static String decimal(Verb verb, double number, Value value) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return GoPrint.decimal(number);
    }
    var exact = new BigDecimal(number);
    int precision = verb.precision < 0 ? 6 : verb.precision;
    return switch (verb.letter) {
      case 'f', 'F' ->
          signed(verb, exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString());
      case 'e' -> signed(verb, exponent(number, precision));
      case 'E' -> signed(verb, exponent(number, precision).toUpperCase(Locale.ROOT));
      case 'g', 'G' -> {
        if (verb.precision < 0) {
          yield signed(verb, GoPrint.decimal(number));
        }
        var rounded =
            exact.round(new java.math.MathContext(Math.max(1, precision), RoundingMode.HALF_EVEN));
        yield signed(verb, GoPrint.decimal(rounded.doubleValue()));
      }
      default -> bad(verb, value);
    };
  }

  private static String exponent(double number, int precision) {
    return String.format(Locale.ROOT, "%." + precision + "e", number);
  }

  private static String cut(String text, int precision) {
    return precision < 0 || text.codePointCount(0, text.length()) <= precision
        ? text
        : text.substring(0, text.offsetByCodePoints(0, precision));
  }

  private static String string(Verb verb, String text, Value value) {
    var shown = cut(text, verb.precision);
    return switch (verb.letter) {
      case 's' -> shown;
      case 'q' ->
          verb.has('#') && shown.indexOf('`') < 0 ? "`" + shown + "`" : GoQuote.quote(shown);
      case 'x' -> HexFormat.of().formatHex(shown.getBytes(StandardCharsets.UTF_8));
      case 'X' -> HexFormat.of().withUpperCase().formatHex(shown.getBytes(StandardCharsets.UTF_8));
      default -> bad(verb, value);
    };
  }
}
