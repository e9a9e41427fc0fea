package org.jbuildkit.base;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value. Members keep their order, because the bytes get hashed. Written exactly as Go's
 * {@code encoding/json} does: no spaces, {@code < > &} and U+2028/U+2029 escaped.
 */
public sealed interface Json {

  /** Members in the order in which they were added. */
  record Obj(SequencedMap<String, Json> members) implements Json {
    public Obj {
      members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    }

    public Optional<Json> get(String name) {
      return Optional.ofNullable(members.get(name));
    }

    /** The text of a member, or empty text if it is absent or no text. */
    public String text(String name) {
      return members.get(name) instanceof Str(String value) ? value : "";
    }

    /** The whole number of a member, or 0 if it is absent or no number. */
    public long number(String name) {
      return members.get(name) instanceof Num(BigDecimal value) ? value.longValue() : 0;
    }

    public boolean flag(String name) {
      return members.get(name) instanceof Bool(boolean value) && value;
    }

    /** The elements of an array member; none if it is absent or no array. */
    public List<Json> array(String name) {
      return members.get(name) instanceof Arr(List<Json> elements) ? elements : List.of();
    }

    /** An object member; an empty object if it is absent or no object. */
    public Obj object(String name) {
      return members.get(name) instanceof Obj obj ? obj : new Obj(new LinkedHashMap<>());
    }

    /** The texts of an array member; elements of other kinds are left out. */
    public List<String> texts(String name) {
      var texts = new ArrayList<String>();
      for (var element : array(name)) {
        if (element instanceof Str(String value)) {
          texts.add(value);
        }
      }
      return texts;
    }

    /** The text members of an object member, in order. */
    public SequencedMap<String, String> textMap(String name) {
      var map = new LinkedHashMap<String, String>();
      object(name)
          .members()
          .forEach((key, value) -> {
            if (value instanceof Str(String text)) {
              map.put(key, text);
            }
          });
      return map;
    }
  }

  record Arr(List<Json> elements) implements Json {
    public Arr {
      elements = List.copyOf(elements);
    }
  }

  record Str(String value) implements Json {}

  record Num(BigDecimal value) implements Json {}

  record Bool(boolean value) implements Json {}

  record Null() implements Json {}

  /**
   * Reads one document.
   *
   * @throws IllegalArgumentException where it is no JSON, nested over 200 deep, or followed by more
   */
  static Json parse(byte[] document) {
    return JsonReader.read(document);
  }

  static Json parse(String document) {
    return parse(document.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads one document that must be an object. */
  static Obj parseObject(byte[] document) {
    if (parse(document) instanceof Obj obj) {
      return obj;
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  static Json of(String value) {
    return new Str(value);
  }

  static Json of(long value) {
    return new Num(BigDecimal.valueOf(value));
  }

  static Json of(boolean value) {
    return new Bool(value);
  }

  static Json ofTexts(Iterable<String> values) {
    var elements = new ArrayList<Json>();
    values.forEach(value -> elements.add(of(value)));
    return new Arr(elements);
  }

  /** An object of texts with sorted names, as Go writes a map. */
  static Json ofMap(Map<String, String> map) {
    var members = new LinkedHashMap<String, Json>();
    new TreeMap<>(map).forEach((key, value) -> members.put(key, of(value)));
    return new Obj(members);
  }

  /** Starts an object. */
  static ObjBuilder object() {
    return new ObjBuilder();
  }

  /** The document, compact. */
  default String write() {
    var out = new StringBuilder();
    new JsonWriter(out, "", "").write(this);
    return out.toString();
  }

  /** The document, compact, with {@code < > &} as they are. */
  default String writeWithoutHtmlEscapes() {
    var out = new StringBuilder();
    new JsonWriter(out, "", "", false).write(this);
    return out.toString();
  }

  /** The document's UTF-8 bytes, compact. */
  default byte[] bytes() {
    return write().getBytes(StandardCharsets.UTF_8);
  }

  /** The document as Go's {@code MarshalIndent} lays it out. */
  default String writeIndented(String prefix, String indent) {
    var out = new StringBuilder();
    new JsonWriter(out, prefix, indent).write(this);
    return out.toString();
  }

  /** Collects members in order; the {@code Unless} forms are Go's {@code omitempty}. */
  final class ObjBuilder {
    private final LinkedHashMap<String, Json> members = new LinkedHashMap<>();

    private ObjBuilder() {}

    public ObjBuilder put(String name, Json value) {
      members.put(name, value);
      return this;
    }

    public ObjBuilder put(String name, String value) {
      return put(name, of(value));
    }

    public ObjBuilder put(String name, long value) {
      return put(name, of(value));
    }

    public ObjBuilder put(String name, boolean value) {
      return put(name, of(value));
    }

    public ObjBuilder putUnlessEmpty(String name, @Nullable String value) {
      return value == null || value.isEmpty() ? this : put(name, value);
    }

    public ObjBuilder putUnlessEmpty(String name, List<String> values) {
      return values.isEmpty() ? this : put(name, ofTexts(values));
    }

    public ObjBuilder putUnlessEmpty(String name, Map<String, String> values) {
      return values.isEmpty() ? this : put(name, ofMap(values));
    }

    public ObjBuilder putUnlessZero(String name, long value) {
      return value == 0 ? this : put(name, value);
    }

    public ObjBuilder putUnlessFalse(String name, boolean value) {
      return value ? put(name, true) : this;
    }

    public Obj build() {
      return new Obj(members);
    }
  }
}
