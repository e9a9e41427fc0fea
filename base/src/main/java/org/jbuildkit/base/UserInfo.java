package org.jbuildkit.base;

import java.util.regex.Pattern;

/** Hides what URLs say of their users: a name, or a name and a password. */
public final class UserInfo {
  // What follows the user is a host with a port, if any: in name@sha256:… nobody is named.
  private static final Pattern USER =
      Pattern.compile(
          "^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#@]*)@((?:\\[[^/?#]*]|[^/?#:]*)(?::[0-9]*)?(?:[/?#].*)?)$",
          Pattern.DOTALL);
  private static final Pattern PASSWORD =
      Pattern.compile("(\\b[A-Za-z][A-Za-z0-9+.-]{0,30}://)[^/?#@\\s:]*:[^/?#\\s]*@");
  // At web servers, and in definitions for their repositories, a name alone may be a token.
  private static final Pattern TOKEN =
      Pattern.compile("(?i)(\\b(?:https?|git)://)(?!git@)[^/?#@\\s:]+@");
  private static final String MASK = "xxxxx";

  private UserInfo() {}

  /** The URL with each part of its user info replaced; what is no URL is returned as it is. */
  public static String masked(String url) {
    var match = USER.matcher(url);
    if (!match.matches()) {
      return url;
    }
    var user = match.group(2).indexOf(':') < 0 ? MASK : MASK + ":" + MASK;
    return match.group(1) + user + "@" + match.group(3);
  }

  /**
   * A text in which URLs may stand, with users that have passwords replaced in all of them, and
   * those of web servers in any case, but for the name {@code git}.
   */
  public static String maskedIn(String text) {
    var hidden = PASSWORD.matcher(text).replaceAll("$1" + MASK + ":" + MASK + "@");
    return TOKEN.matcher(hidden).replaceAll("$1" + MASK + "@");
  }
}
