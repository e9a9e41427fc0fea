package org.jbuildkit.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * A table of a configuration file. Keys are found exactly, or else without regard to case; values
 * of another type than the one asked for are errors.
 */
final class TomlSection {
  private static final int MAX_FILE = 4 << 20;

  private final String path;
  private final Map<String, Object> values;
  private final TreeSet<String> unread = new TreeSet<>();
  private final Map<String, TomlSection> children = new LinkedHashMap<>();

  private TomlSection(String path, Map<String, Object> values) {
    this.path = path;
    this.values = values;
    this.unread.addAll(values.keySet());
  }

  /** The file's top level; an empty one if there is no such file. */
  static TomlSection read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw invalid("read " + file + ": is a directory");
      }
      if (Files.size(file) > MAX_FILE) {
        throw invalid(file + " is larger than " + MAX_FILE + " bytes");
      }
      return parse(Files.readString(file));
    } catch (NoSuchFileException _) {
      return new TomlSection("", Map.of());
    } catch (IOException e) {
      throw BuildException.failed("failed to load config from " + file, e);
    }
  }

  static TomlSection parse(String text) {
    var result = Toml.parse(text);
    if (result.hasErrors()) {
      throw invalid(result.errors().getFirst().toString());
    }
    return of("", result);
  }

  private static TomlSection of(String path, TomlTable table) {
    var values = new LinkedHashMap<String, Object>();
    for (var key : table.keySet()) {
      var value = table.get(List.of(key));
      if (value != null) {
        values.put(key, value);
      }
    }
    return new TomlSection(path, values);
  }

  static BuildException invalid(String detail) {
    return BuildException.invalid("failed to parse config: toml: " + detail);
  }

  private BuildException mismatch(String key, Object value, String wanted) {
    var kind =
        switch (value) {
          case Long _ -> "integer";
          case String _ -> "string";
          case Boolean _ -> "boolean";
          case Double _ -> "float";
          case TomlArray _ -> "array";
          case TomlTable _ -> "table";
          default -> "value";
        };
    return invalid(
        "cannot decode TOML %s into field %s of type %s".formatted(kind, path + key, wanted));
  }

  private @Nullable Object take(String key) {
    for (var name : values.keySet()) {
      if (name.equals(key)) {
        unread.remove(name);
        return values.get(name);
      }
    }
    for (var name : values.keySet()) {
      if (name.equalsIgnoreCase(key)) {
        unread.remove(name);
        return values.get(name);
      }
    }
    return null;
  }

  boolean has(String key) {
    return take(key) != null;
  }

  Optional<String> text(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Object other -> throw mismatch(key, other, "string");
    };
  }

  Optional<Boolean> flag(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case Boolean value -> Optional.of(value);
      case Object other -> throw mismatch(key, other, "bool");
    };
  }

  Optional<Integer> number(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case Long value when value == value.intValue() -> Optional.of(value.intValue());
      case Object other -> throw mismatch(key, other, "int");
    };
  }

  /** Seconds, or a text in the syntax of Go. */
  Optional<Duration> duration(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case Long seconds -> Optional.of(Duration.ofSeconds(seconds));
      case String text when text.isEmpty() -> Optional.empty();
      case String text when text.matches("-?[0-9]{1,12}") ->
          Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      case String text -> {
        var nanos = GoValues.parseDuration(text);
        if (nanos.isEmpty()) {
          throw invalid("invalid duration " + text);
        }
        yield Optional.of(Duration.ofNanos(nanos.getAsLong()));
      }
      case Object other -> throw invalid("invalid duration " + other);
    };
  }

  /** An amount of disk space; empty if it is not given. */
  Optional<Space> space(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case Long bytes when bytes >= 0 -> Optional.of(new Space.Bytes(bytes));
      case Double bytes when bytes >= 0 -> Optional.of(new Space.Bytes(bytes.longValue()));
      case String text -> Space.parse(text);
      case Object other -> throw invalid("invalid disk space " + other);
    };
  }

  List<String> texts(String key) {
    return switch (take(key)) {
      case null -> List.of();
      case TomlArray array -> texts(key, array);
      case Object other -> throw mismatch(key, other, "[]string");
    };
  }

  private List<String> texts(String key, TomlArray array) {
    var texts = new ArrayList<String>();
    for (var element : array.toList()) {
      if (!(element instanceof String text)) {
        throw mismatch(key, element, "string");
      }
      texts.add(text);
    }
    return texts;
  }

  /** The table's members, all of them texts. */
  SequencedMap<String, String> textMap(String key) {
    var section = section(key);
    var texts = new LinkedHashMap<String, String>();
    for (var name : section.values.keySet()) {
      texts.put(name, section.text(name).orElse(""));
    }
    return texts;
  }

  /** A table within; an empty one if there is none. */
  TomlSection section(String key) {
    return switch (take(key)) {
      case null -> new TomlSection(path + key + ".", Map.of());
      case TomlTable table -> child(key, table);
      case Object other -> throw mismatch(key, other, "table");
    };
  }

  /** An array of tables; empty if there is none. */
  List<TomlSection> sections(String key) {
    return switch (take(key)) {
      case null -> List.of();
      case TomlArray array -> {
        var sections = new ArrayList<TomlSection>();
        for (var element : array.toList()) {
          if (!(element instanceof TomlTable table)) {
            throw mismatch(key, element, "table");
          }
          sections.add(child(key + '[' + sections.size() + ']', table));
        }
        yield sections;
      }
      case Object other -> throw mismatch(key, other, "[]table");
    };
  }

  /** One section however often it is asked for: it knows what was read. */
  private TomlSection child(String key, TomlTable table) {
    return children.computeIfAbsent(key, _ -> of(path + key + ".", table));
  }

  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Takes note of a key that needs no reading. */
  void skip(String key) {
    var _ = take(key);
  }

  /** Names with their paths that nobody has asked for, of this table and those read from it. */
  List<String> unread() {
    var names = new ArrayList<String>();
    unread.forEach(name -> names.add(path + name));
    children.values().forEach(child -> names.addAll(child.unread()));
    return names;
  }
}
