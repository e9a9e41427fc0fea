package org.jbuildkit.engine.provenance;

import java.util.regex.Pattern;

/** Hides what a URL says of its user. */
final class Credentials {
  // What follows the user is a host with a port, if any: in name@sha256:… nobody is named.
  private static final Pattern USER =
      Pattern.compile(
          "^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#@]*)@((?:\\[[^/?#]*]|[^/?#:]*)(?::[0-9]*)?(?:[/?#].*)?)$",
          Pattern.DOTALL);
  private static final String MASK = "xxxxx";

  private Credentials() {}

  static String masked(String url) {
    var match = USER.matcher(url);
    if (!match.matches()) {
      return url;
    }
    var user = match.group(2).indexOf(':') < 0 ? MASK : MASK + ":" + MASK;
    return match.group(1) + user + "@" + match.group(3);
  }
}
