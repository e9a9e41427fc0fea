package org.jbuildkit.buildx.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.Environment;

/** Values {@code key=value} of repeated flags; the last of a repeated key counts. */
final class KeyValues {
  private KeyValues() {}

  /** Keys without a value get an empty one. */
  static SequencedMap<String, String> labels(List<String> values) {
    var map = new LinkedHashMap<String, String>();
    for (var value : values) {
      map.put(key(value), value.substring(Math.min(value.length(), key(value).length() + 1)));
    }
    return map;
  }

  /** Keys without a value get the variable of that name, or are left out where there is none. */
  static SequencedMap<String, String> arguments(List<String> values, Environment environment) {
    var map = new LinkedHashMap<String, String>();
    for (var value : values) {
      var key = key(value);
      if (value.length() > key.length()) {
        map.put(key, value.substring(key.length() + 1));
      } else if (environment.variables().containsKey(key)) {
        map.put(key, environment.variable(key));
      }
    }
    var epoch = environment.variable("SOURCE_DATE_EPOCH");
    if (!epoch.isEmpty()) {
      map.putIfAbsent("SOURCE_DATE_EPOCH", epoch);
    }
    return map;
  }

  private static String key(String value) {
    int equals = value.indexOf('=');
    var key = equals < 0 ? value : value.substring(0, equals);
    if (key.isEmpty()) {
      throw BuildException.failed("invalid key-value pair \"" + value + "\": empty key");
    }
    return key;
  }
}
