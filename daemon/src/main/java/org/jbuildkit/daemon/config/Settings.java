package org.jbuildkit.daemon.config;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;

/** Flags before the file: a flag that is given counts, or else the key of a table. */
record Settings(Invocation flags, TomlSection file) {

  Settings section(String key) {
    return new Settings(flags, file.section(key));
  }

  String text(String flag, String key, String preset) {
    var inFile = file.text(key);
    return flags.isSet(flag) ? flags.text(flag) : inFile.orElse(preset);
  }

  /** As {@link #text} for flags that count only with a value. */
  Optional<String> nonEmpty(String flag, String key) {
    var inFile = file.text(key);
    return Optional.of(flags.text(flag)).filter(text -> !text.isEmpty()).or(() -> inFile);
  }

  boolean flag(String flag, String key) {
    var inFile = file.flag(key);
    return flags.isSet(flag) ? flags.flag(flag) : inFile.orElse(false);
  }

  int number(String flag, String key) {
    var inFile = file.number(key);
    if (!flags.isSet(flag)) {
      return inFile.orElse(0);
    }
    try {
      return Integer.parseInt(flags.text(flag));
    } catch (NumberFormatException e) {
      throw BuildException.failed("invalid value for flag -" + flag, e);
    }
  }

  List<String> texts(String flag, String key) {
    var inFile = file.texts(key);
    return flags.isSet(flag) ? flags.list(flag) : inFile;
  }

  /** A switch that also knows {@code auto}, which is empty here. */
  Optional<Boolean> tristate(String flag, String key) {
    var inFile = file.flag(key);
    if (!flags.isSet(flag)) {
      return inFile;
    }
    var given = flags.text(flag);
    if (given.isEmpty() || given.equalsIgnoreCase("auto")) {
      return Optional.empty();
    }
    return Optional.of(
        GoValues.parseBool(given)
            .orElseThrow(() ->
                BuildException.invalid(
                    "strconv.ParseBool: parsing \"" + given + "\": invalid syntax")));
  }
}
