package org.jbuildkit.oci.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a {@code WWW-Authenticate} header asks for.
 *
 * @param scheme lower-case
 * @param parameters by lower-case name
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final int MAX_HEADER = 16_384;
  private static final Pattern SCHEME = Pattern.compile("\\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "[\\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\\s*=\\s*"
              + "(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([A-Za-z0-9!#$%&'*+.^_`|~/:-]+))");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /** The challenges of an answer, the preferred one first. */
  static List<Challenge> of(List<String> headers) {
    var found = new ArrayList<Challenge>();
    for (var header : headers) {
      var scheme = SCHEME.matcher(header);
      if (header.length() <= MAX_HEADER && scheme.lookingAt()) {
        found.add(
            new Challenge(
                scheme.group(1).toLowerCase(Locale.ROOT),
                parameters(header.substring(scheme.end()))));
      }
    }
    found.sort(Comparator.comparingInt(one -> rank(one.scheme())));
    return found;
  }

  private static int rank(String scheme) {
    return switch (scheme) {
      case "bearer" -> 0;
      case "digest" -> 1;
      case "basic" -> 2;
      default -> 3;
    };
  }

  private static Map<String, String> parameters(String text) {
    var parameters = new TreeMap<String, String>();
    var matcher = PARAMETER.matcher(text);
    int at = 0;
    while (at < text.length() && matcher.region(at, text.length()).lookingAt()) {
      var quoted = matcher.group(2);
      var value = quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1");
      parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
      at = matcher.end();
    }
    return parameters;
  }
}
