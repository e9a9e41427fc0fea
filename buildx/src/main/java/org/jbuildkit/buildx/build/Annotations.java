package org.jbuildkit.buildx.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.Platform;

/** {@code --annotation} as attributes of exporters. */
final class Annotations {
  private static final Pattern TYPE = Pattern.compile("([a-zA-Z-]+)(?:\\[([a-zA-Z0-9/_.:-]+)\\])?");
  private static final Pattern PREFIX =
      Pattern.compile("((?:[a-z-]+(?:\\[[^\\]]*\\])?,)*[a-z-]+(?:\\[[^\\]]*\\])?):.*");
  private static final List<String> TYPES =
      List.of("index", "index-descriptor", "manifest", "manifest-descriptor");

  private Annotations() {}

  static SequencedMap<String, String> parse(List<String> values) {
    var attributes = new LinkedHashMap<String, String>();
    for (var value : values) {
      try {
        add(value, attributes);
      } catch (BuildException e) {
        throw e.within("parse annotations");
      }
    }
    return attributes;
  }

  private static void add(String value, SequencedMap<String, String> attributes) {
    int equals = value.indexOf('=');
    if (equals < 0) {
      throw BuildException.failed("invalid annotation \"" + value + "\", expected key=value");
    }
    var key = value.substring(0, equals);
    var text = value.substring(equals + 1);
    var prefix = PREFIX.matcher(key);
    if (!prefix.matches()) {
      attributes.put("annotation." + key, text);
      return;
    }
    var name = key.substring(prefix.end(1) + 1);
    for (var type : prefix.group(1).split(",", -1)) {
      attributes.put("annotation-" + type(type) + "." + name, text);
    }
  }

  private static String type(String given) {
    var match = TYPE.matcher(given);
    if (!match.matches()) {
      throw BuildException.failed(
          "invalid annotation type \"%s\", expected type and optional platform in square brackets"
              .formatted(given));
    }
    if (!TYPES.contains(match.group(1))) {
      throw BuildException.failed("unknown annotation type \"" + match.group(1) + "\"");
    }
    var platform = match.group(2);
    if (platform == null) {
      return match.group(1);
    }
    try {
      return match.group(1) + "[" + Platform.parse(platform).formatAll() + "]";
    } catch (BuildException e) {
      throw e.within("invalid platform \"" + platform + "\"");
    }
  }
}
