package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import org.jbuildkit.base.Json;

/** Values as JSON. */
final class ValueJson {
  private ValueJson() {}

  static Json of(Value value) {
    return switch (value) {
      case Value.Nil _, Value.NilPointer _ -> new Json.Null();
      case Value.Bool(boolean flag) -> Json.of(flag);
      case Value.Int(long number) -> Json.of(number);
      case Value.Decimal(double number) -> number(number);
      case Value.Text(String text) -> Json.of(text);
      case Value.Period(long nanos) -> Json.of(nanos);
      case Value.Constant(_, long number) -> Json.of(number);
      case Value.Time(Instant time) -> Json.of(time(time));
      case Value.Items items ->
          items.isNil()
              ? new Json.Null()
              : new Json.Arr(items.elements().stream().map(ValueJson::of).toList());
      case Value.Dict dict -> {
        var members = new LinkedHashMap<String, Json>();
        dict.entries().forEach((key, element) -> members.put(key, of(element)));
        yield new Json.Obj(members);
      }
      case Value.Struct struct -> struct(struct);
    };
  }

  private static Json number(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new TemplateException("json: unsupported value: " + GoPrint.decimal(number));
    }
    return new Json.Num(new BigDecimal(Double.toString(number)));
  }

  private static Json struct(Value.Struct struct) {
    var members = new LinkedHashMap<String, Json>();
    for (var field : struct.fields().values()) {
      boolean zero = !field.value().isTrue() && !(field.value() instanceof Value.Struct);
      if (!field.json().isEmpty() && !(field.omitEmpty() && zero)) {
        members.put(field.json(), of(field.value()));
      }
    }
    return new Json.Obj(members);
  }

  /** RFC 3339 with nanoseconds, trailing zeros dropped. */
  static String time(Instant time) {
    var utc = time.atOffset(ZoneOffset.UTC);
    var text =
        new StringBuilder()
            .append(
                "%04d-%02d-%02dT%02d:%02d:%02d"
                    .formatted(
                        utc.getYear(),
                        utc.getMonthValue(),
                        utc.getDayOfMonth(),
                        utc.getHour(),
                        utc.getMinute(),
                        utc.getSecond()));
    if (utc.getNano() != 0) {
      var digits = Integer.toString(1_000_000_000 + utc.getNano()).substring(1);
      text.append('.').append(digits.replaceAll("0+$", ""));
    }
    return text.append('Z').toString();
  }
}
