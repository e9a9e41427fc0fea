package org.jbuildkit.cli;

import java.util.List;

/**
 * A flag of a command.
 *
 * @param names the full name first, then other spellings
 * @param preset the value without the flag, as text
 */
public record Flag(List<String> names, Kind kind, String preset, String usage, boolean hidden) {
  /** What a flag takes. */
  public enum Kind {
    BOOL,
    TEXT,
    /** Repeated values, kept as they are. */
    LIST,
    /** Repeated values, each of them a record of comma-separated fields. */
    SLICE,
    INT,
    FLOAT,
    DURATION,
    /** An amount with an optional unit, of powers of 1024. */
    BYTES
  }

  public Flag {
    names = List.copyOf(names);
  }

  public static Flag bool(String usage, String... names) {
    return new Flag(List.of(names), Kind.BOOL, "", usage, false);
  }

  public static Flag text(String usage, String... names) {
    return new Flag(List.of(names), Kind.TEXT, "", usage, false);
  }

  /** May be given several times; commas are not special. */
  public static Flag list(String usage, String... names) {
    return new Flag(List.of(names), Kind.LIST, "", usage, false);
  }

  public static Flag of(Kind kind, String usage, String... names) {
    return new Flag(List.of(names), kind, "", usage, false);
  }

  /** The same flag with a value for when it is not given. */
  public Flag withPreset(String value) {
    return new Flag(names, kind, value, usage, hidden);
  }

  /** The same flag, left out of help. */
  public Flag asHidden() {
    return new Flag(names, kind, preset, usage, true);
  }

  public String name() {
    return names.getFirst();
  }

  /** The column in a list of options that names it. */
  String title() {
    var type =
        switch (kind) {
          case BOOL -> "";
          case TEXT -> " string";
          case LIST, SLICE -> " string";
          case INT -> " int";
          case FLOAT -> " float";
          case DURATION -> " duration";
          case BYTES -> " bytes";
        };
    var parts = names.stream().map(name -> (name.length() > 1 ? "--" : "-") + name + type).toList();
    var text = String.join(", ", parts);
    return kind == Kind.LIST ? text + " [ " + text + " ]" : text;
  }
}
