package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers in the spellings of Go. */
final class NumberText {
  private static final Pattern INTEGER =
      Pattern.compile(
          "[+-]?(0[xX]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*|0[bB]_?[01]+(_[01]+)*"
              + "|0[oO]?_?[0-7]+(_[0-7]+)*|[0-9]+(_[0-9]+)*)");
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?([0-9_]+\\.?[0-9_]*|\\.[0-9_]+)([eE][+-]?[0-9]{1,3})?");

  private NumberText() {}

  static Node.Numeral number(Token token) {
    var text = token.text();
    if (INTEGER.matcher(text).matches()) {
      var value = new BigDecimal(integer(text));
      if (value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return new Node.Numeral(token.position(), text, value, true);
      }
    } else if (FLOAT.matcher(text).matches()) {
      var plain = text.replace("_", "");
      int dot = plain.indexOf('.');
      boolean bare =
          dot >= 0 && (dot + 1 == plain.length() || "eE".indexOf(plain.charAt(dot + 1)) >= 0);
      var value = new BigDecimal(bare ? plain.replace(".", "") : plain);
      return new Node.Numeral(token.position(), text, value, false);
    }
    throw new IllegalArgumentException(text);
  }

  private static BigInteger integer(String text) {
    var plain = text.replace("_", "").toLowerCase(Locale.ROOT);
    boolean negative = plain.startsWith("-");
    var digits = plain.startsWith("+") || negative ? plain.substring(1) : plain;
    var value =
        digits.startsWith("0x")
            ? new BigInteger(digits.substring(2), 16)
            : digits.startsWith("0b")
                ? new BigInteger(digits.substring(2), 2)
                : digits.startsWith("0o")
                    ? new BigInteger(digits.substring(2), 8)
                    : digits.length() > 1 && digits.startsWith("0")
                        ? new BigInteger(digits, 8)
                        : new BigInteger(digits);
    return negative ? value.negate() : value;
  }

  static Node.Numeral character(Token token) {
    var text = QuotedText.unquote(token.text());
    if (text.codePointCount(0, text.length()) != 1) {
      throw new IllegalArgumentException(text);
    }
    return new Node.Numeral(
        token.position(), token.text(), BigDecimal.valueOf(text.codePointAt(0)), true);
  }
}
