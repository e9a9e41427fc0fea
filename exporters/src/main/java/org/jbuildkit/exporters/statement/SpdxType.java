package org.jbuildkit.exporters.statement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jbuildkit.base.Json;

/** A form of values in lists of software: what is no such value is refused, all else rewritten. */
interface SpdxType {
  /**
   * A value as it is written.
   *
   * @throws IllegalArgumentException for what is none
   */
  Json read(Json given);

  /** What stands where nothing was given. */
  Json absent();

  /** Whether a value is left out where empty ones are. */
  default boolean isEmpty(Json value) {
    return value.equals(absent()) || (value instanceof Json.Arr(var list) && list.isEmpty());
  }

  private static IllegalArgumentException unlike(String what, Json given) {
    return new IllegalArgumentException("no " + what + ": " + given.getClass().getSimpleName());
  }

  /** Values without parts. */
  enum Plain implements SpdxType {
    /** True unless it is said. */
    FLAG,
    /** A whole one. */
    NUMBER;

    @Override
    public Json read(Json given) {
      return switch (given) {
        case Json.Null _ when this == FLAG -> Json.of(true);
        case Json.Null _ -> absent();
        case Json.Bool _ when this == FLAG -> given;
        case Json.Num(var number) when this == NUMBER && number.scale() == 0 -> given;
        default -> throw unlike(name(), given);
      };
    }

    @Override
    public Json absent() {
      return this == FLAG ? Json.of(true) : Json.of(0);
    }
  }

  /** Any text. */
  record Text(UnaryOperator<String> spelling) implements SpdxType {
    @Override
    public Json read(Json given) {
      return switch (given) {
        case Json.Str(var text) -> Json.of(spelling.apply(text));
        case Json.Null _ -> absent();
        default -> throw unlike("text", given);
      };
    }

    @Override
    public Json absent() {
      return Json.of("");
    }
  }

  /**
   * A text of some form, which peers look at with its escapes and take for the text itself.
   *
   * @param empty what stands for none; without it none is refused
   * @param isOptional whether null stands for none
   */
  record Name(Optional<String> empty, boolean isOptional, UnaryOperator<String> spelling)
      implements SpdxType {
    private static final Pattern QUOTES = Pattern.compile("^\"+|\"+$");

    @Override
    public Json read(Json given) {
      return isOptional && given instanceof Json.Null
          ? absent()
          : Json.of(spelling.apply(QUOTES.matcher(given.write()).replaceAll("")));
    }

    @Override
    public Json absent() {
      return Json.of(empty.orElseThrow(SpdxNames::missing));
    }
  }

  /** Several values; nothing is not the same as none. */
  record ListOf(SpdxType element) implements SpdxType {
    @Override
    public Json read(Json given) {
      return switch (given) {
        case Json.Arr(var elements) -> new Json.Arr(elements.stream().map(element::read).toList());
        case Json.Null _ -> absent();
        default -> throw unlike("list", given);
      };
    }

    @Override
    public Json absent() {
      return new Json.Null();
    }
  }

  /**
   * A member of an object.
   *
   * @param isOptional whether it is left out where it is empty
   */
  record Member(String name, SpdxType type, boolean isOptional) {}

  /**
   * An object of certain members in this order; others are forgotten.
   *
   * @param isWhole whether an object stands where none was given
   */
  record Shape(List<Member> members, boolean isWhole) implements SpdxType {
    @Override
    public Json read(Json given) {
      return switch (given) {
        case Json.Obj object -> read(object);
        case Json.Null _ -> absent();
        default -> throw unlike("object", given);
      };
    }

    /** As {@link #read(Json)} where nothing else will do. */
    Json.Obj readObject(Json given) {
      if (read(given) instanceof Json.Obj object) {
        return object;
      }
      throw unlike("object", given);
    }

    /** The same members in their order. */
    Json.Obj ordered(Map<String, Json> given) {
      var ordered = new LinkedHashMap<String, Json>();
      for (var member : members) {
        var value = given.get(member.name());
        if (value != null) {
          ordered.put(member.name(), value);
        }
      }
      return new Json.Obj(ordered);
    }

    Json.Obj read(Json.Obj given) {
      var found = new LinkedHashMap<String, Json>();
      for (var member : members) {
        var value =
            member(given, member.name()).map(member.type()::read).orElseGet(member.type()::absent);
        if (!member.isOptional() || !member.type().isEmpty(value)) {
          found.put(member.name(), value);
        }
      }
      return new Json.Obj(found);
    }

    @Override
    public Json absent() {
      return isWhole ? read(new Json.Obj(new LinkedHashMap<>())) : new Json.Null();
    }

    /** An object that may be missing. */
    static Shape of(Member... members) {
      return new Shape(List.of(members), false);
    }

    /** An object that is always there. */
    static Shape whole(Member... members) {
      return new Shape(List.of(members), true);
    }
  }

  /** A member by its name, in any case where there is none by that name; the last one counts. */
  static Optional<Json> member(Json.Obj object, String name) {
    var exact = object.get(name);
    return exact.isPresent()
        ? exact
        : object.members().entrySet().stream()
            .filter(member -> member.getKey().equalsIgnoreCase(name))
            .map(Map.Entry::getValue)
            .reduce((_, last) -> last);
  }
}
