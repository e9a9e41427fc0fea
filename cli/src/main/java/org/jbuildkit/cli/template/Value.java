package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.Json;

/** What templates work on: values as Go has them, with the names of their types. */
public sealed interface Value {
  /** No value at all, and an interface that holds none. */
  record Nil() implements Value {}

  /** A pointer of a type, such as {@code *time.Time}, to nothing. */
  record NilPointer(String type) implements Value {}

  record Bool(boolean value) implements Value {}

  record Int(long value) implements Value {}

  record Decimal(double value) implements Value {}

  record Text(String value) implements Value {}

  /** A duration in nanoseconds. */
  record Period(long nanos) implements Value {}

  record Time(Instant value) implements Value {}

  /** A number with a name, which is what is printed of it. */
  record Constant(String name, long number) implements Value {}

  /**
   * A slice.
   *
   * @param isNil whether its JSON form is {@code null}
   */
  record Items(String type, List<Value> elements, boolean isNil) implements Value {
    public Items {
      elements = List.copyOf(elements);
    }
  }

  /** A map with sorted keys. */
  record Dict(String type, SequencedMap<String, Value> entries) implements Value {
    public Dict {
      entries = Collections.unmodifiableSequencedMap(new TreeMap<>(entries));
    }

    /** The value of a missing key when it is looked up by index. */
    Value missing() {
      return type.endsWith("]string") ? new Text("") : nil();
    }
  }

  /**
   * A struct, or a pointer to one.
   *
   * @param fields by their names in Go, in order
   */
  record Struct(String type, SequencedMap<String, Field> fields) implements Value {
    public Struct {
      fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
    }

    public static Builder of(String type) {
      return new Builder(type);
    }

    /** The field's value; nothing if there is no such field. */
    Value value(String name) {
      var field = fields.get(name);
      return field == null ? nil() : field.value();
    }
  }

  /**
   * A field of a struct.
   *
   * @param json its name in JSON; empty for one that JSON leaves out
   * @param omitEmpty whether JSON leaves out a zero value
   */
  record Field(Value value, String json, boolean omitEmpty) {}

  /** Collects a struct's fields in order. */
  final class Builder {
    private final String type;
    private final LinkedHashMap<String, Field> fields = new LinkedHashMap<>();

    private Builder(String type) {
      this.type = type;
    }

    public Builder field(String name, String json, Value value) {
      fields.put(name, new Field(value, json, false));
      return this;
    }

    /** A field that JSON leaves out when it is zero. */
    public Builder optional(String name, String json, Value value) {
      fields.put(name, new Field(value, json, true));
      return this;
    }

    public Struct build() {
      return new Struct(type, fields);
    }
  }

  /** No value. */
  static Value nil() {
    return new Nil();
  }

  static Value of(String text) {
    return new Text(text);
  }

  static Value of(long number) {
    return new Int(number);
  }

  static Value of(boolean flag) {
    return new Bool(flag);
  }

  static Value of(Instant time) {
    return new Time(time);
  }

  /** A time, or {@code null} in JSON and {@code <nil>} in text. */
  static Value of(Optional<Instant> time) {
    return time.<Value>map(Time::new).orElse(new NilPointer("*time.Time"));
  }

  static Value of(String type, List<? extends Value> elements) {
    return new Items(type, new ArrayList<>(elements), false);
  }

  /** A slice of texts; an empty one is nil. */
  static Value ofTexts(List<String> texts) {
    return new Items("[]string", texts.stream().map(Value::of).toList(), texts.isEmpty());
  }

  static Value ofMap(Map<String, String> map) {
    var entries = new TreeMap<String, Value>();
    map.forEach((key, value) -> entries.put(key, of(value)));
    return new Dict("map[string]string", entries);
  }

  /** A document as Go reads it without knowing its type: numbers are floats. */
  static Value of(Json json) {
    return switch (json) {
      case Json.Null _ -> nil();
      case Json.Bool(boolean flag) -> new Bool(flag);
      case Json.Num(BigDecimal number) -> new Decimal(number.doubleValue());
      case Json.Str(String text) -> new Text(text);
      case Json.Arr(List<Json> elements) ->
          new Items("[]interface {}", elements.stream().map(Value::of).toList(), false);
      case Json.Obj object -> {
        var entries = new TreeMap<String, Value>();
        object.members().forEach((key, value) -> entries.put(key, of(value)));
        yield new Dict("map[string]interface {}", entries);
      }
    };
  }

  /** The value as Go's {@code encoding/json} has it. */
  default Json toJson() {
    return ValueJson.of(this);
  }

  /** The name of the value's type, as messages give it. */
  default String typeName() {
    return switch (this) {
      case Nil _ -> "<nil>";
      case NilPointer(String type) -> type;
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Decimal _ -> "float64";
      case Text _ -> "string";
      case Period _ -> "time.Duration";
      case Time _ -> "time.Time";
      case Constant _ -> "int32";
      case Items items -> items.type();
      case Dict dict -> dict.type();
      case Struct struct -> struct.type();
    };
  }

  /** Whether a condition takes it for true: anything but zero and empty values. */
  default boolean isTrue() {
    return switch (this) {
      case Nil _, NilPointer _ -> false;
      case Bool(boolean value) -> value;
      case Int(long value) -> value != 0;
      case Decimal(double value) -> value != 0;
      case Text(String value) -> !value.isEmpty();
      case Period(long nanos) -> nanos != 0;
      case Constant(_, long number) -> number != 0;
      case Time _, Struct _ -> true;
      case Items items -> !items.elements().isEmpty();
      case Dict dict -> !dict.entries().isEmpty();
    };
  }
}
