package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.jbuildkit.cli.GoTimes;
import org.jbuildkit.cli.GoValues;

/** Values as Go's {@code fmt} prints them. */
final class GoPrint {
  private static final int MAX_PLAIN_EXPONENT = 6;

  private GoPrint() {}

  /** What an action prints of its value. */
  static String printed(Value value) {
    return switch (value) {
      case Value.Nil _ -> "<no value>";
      case Value.NilPointer(String type) when type.equals("interface {}") -> "<no value>";
      default -> value(value);
    };
  }

  /** The form {@code %v}. */
  static String value(Value value) {
    return value(value, false);
  }

  /**
   * @param named whether fields of structs have their names
   */
  static String value(Value value, boolean named) {
    return switch (value) {
      case Value.Nil _, Value.NilPointer _ -> "<nil>";
      case Value.Bool(boolean flag) -> Boolean.toString(flag);
      case Value.Int(long number) -> Long.toString(number);
      case Value.Decimal(double number) -> decimal(number);
      case Value.Text(String text) -> text;
      case Value.Period(long nanos) -> GoValues.duration(nanos);
      case Value.Constant(String name, _) -> name;
      case Value.Time(var time) -> GoTimes.text(time);
      case Value.Items items ->
          items.elements().stream()
              .map(element -> value(element, named))
              .collect(Collectors.joining(" ", "[", "]"));
      case Value.Dict dict ->
          dict.entries().entrySet().stream()
              .map(entry -> entry.getKey() + ":" + value(entry.getValue(), named))
              .collect(Collectors.joining(" ", "map[", "]"));
      case Value.Struct struct ->
          struct.fields().entrySet().stream()
              .map(field ->
                  (named ? field.getKey() + ":" : "") + value(field.getValue().value(), named))
              .collect(Collectors.joining(" ", "{", "}"));
    };
  }

  /** A float in its shortest form: {@code 1.5}, {@code 1e+06}. */
  static String decimal(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    var digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    boolean plain = exponent >= -4 && exponent < MAX_PLAIN_EXPONENT;
    return plain ? digits.toPlainString() : scientific(digits, exponent);
  }

  private static String scientific(BigDecimal digits, int exponent) {
    var all = digits.unscaledValue().abs().toString();
    var mantissa = all.length() == 1 ? all : all.charAt(0) + "." + all.substring(1);
    return (digits.signum() < 0 ? "-" : "")
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** Operands one after the other, with spaces between those that are no texts. */
  static String print(List<Value> values) {
    var out = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      boolean texts =
          i == 0 || values.get(i) instanceof Value.Text || values.get(i - 1) instanceof Value.Text;
      out.append(texts ? "" : " ").append(value(values.get(i)));
    }
    return out.toString();
  }

  static String printLine(List<Value> values) {
    return values.stream().map(GoPrint::value).collect(Collectors.joining(" ", "", "\n"));
  }
}
