package org.jbuildkit.engine.provenance;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.TreeMap;
import org.jbuildkit.base.Json;

/** Documents as peers write them after they read them without a type: sorted, numbers as floats. */
public final class GenericJson {
  private GenericJson() {}

  public static Json of(Json json) {
    return switch (json) {
      case Json.Obj object -> of(object);
      case Json.Arr(var elements) -> new Json.Arr(elements.stream().map(GenericJson::of).toList());
      case Json.Num(var number) ->
          new Json.Num(new BigDecimal(Double.toString(number.doubleValue())));
      default -> json;
    };
  }

  public static Json.Obj of(Json.Obj object) {
    var sorted = new TreeMap<String, Json>();
    object.members().forEach((name, value) -> sorted.put(name, of(value)));
    return new Json.Obj(new LinkedHashMap<>(sorted));
  }
}
