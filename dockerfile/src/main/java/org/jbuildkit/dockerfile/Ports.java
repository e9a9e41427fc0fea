package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jbuildkit.base.BuildException;

/** Reads port specifications: {@code [[ip:]hostport:]port[-end][/proto]}. */
final class Ports {
  private Ports() {}

  /** {@code port/proto} for each port. */
  static List<String> parse(String text) {
    int slash = text.indexOf('/');
    var proto = slash < 0 ? "" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
    proto = proto.isEmpty() ? "tcp" : proto;
    var rest = slash < 0 ? text : text.substring(0, slash);
    var port = rest.substring(rest.lastIndexOf(':') + 1);
    if (port.isEmpty()) {
      throw BuildException.invalid("invalid port: \"%s\": no port specified".formatted(text));
    }
    if (!List.of("tcp", "udp", "sctp").contains(proto)) {
      throw BuildException.invalid(
          "invalid port: \"%s\": invalid proto: %s".formatted(text, proto));
    }
    var ends = port.split("-", 2);
    int first = number(ends[0], port);
    int last = ends.length > 1 ? number(ends[1], port) : first;
    if (last < first) {
      throw BuildException.invalid("invalid containerPort: " + port);
    }
    var ports = new ArrayList<String>();
    for (int i = first; i <= last; i++) {
      ports.add(i + "/" + proto);
    }
    return ports;
  }

  private static int number(String text, String port) {
    if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65535) {
      return Integer.parseInt(text);
    }
    throw BuildException.invalid("invalid containerPort: " + port);
  }
}
