package org.jbuildkit.engine.exec;

import java.net.InetAddress;

/** Addresses as text. */
final class IpText {
  private IpText() {}

  /** Whether this is an address rather than a name; no name is ever looked up. */
  static boolean isAddress(String text) {
    if (text.contains("%")) {
      return false;
    }
    try {
      var _ = InetAddress.ofLiteral(text);
      return text.contains(":") || text.chars().filter(c -> c == '.').count() == 3;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
