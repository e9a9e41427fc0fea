package org.jbuildkit.dockerfile;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;

/**
 * Reads port specifications: {@code [[ip:]hostport:]port[-end][/proto]}. What is on the host is
 * read and dropped.
 */
final class Ports {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Ports() {}

  private record Range(int first, int last) {
    int size() {
      return last - first + 1;
    }
  }

  /** {@code port/proto} for each port. */
  static List<String> parse(String text) {
    int last = text.lastIndexOf(':');
    int before = last < 0 ? -1 : text.lastIndexOf(':', last - 1);
    var address = before < 0 ? "" : text.substring(0, before);
    var host = last < 0 ? "" : text.substring(before + 1, last);
    var inside = text.substring(last + 1);
    int slash = inside.indexOf('/');
    var port = slash < 0 ? inside : inside.substring(0, slash);
    var proto = protocol(text, port, slash < 0 ? "" : inside.substring(slash + 1));
    checkAddress(address);
    var range =
        range(port).orElseThrow(() -> BuildException.invalid("invalid containerPort: " + port));
    if (!host.isEmpty()) {
      var outside =
          range(host).orElseThrow(() -> BuildException.invalid("invalid hostPort: " + host));
      if (outside.size() != range.size() && range.size() != 1) {
        throw BuildException.invalid(
            "invalid ranges specified for container and host Ports: " + port + " and " + host);
      }
    }
    var ports = new ArrayList<String>();
    for (int i = range.first(); i <= range.last(); i++) {
      ports.add(i + "/" + proto);
    }
    return ports;
  }

  private static String protocol(String text, String port, String written) {
    var prefix = "invalid port: " + GoQuote.quote(text) + ": ";
    if (port.isEmpty()) {
      throw BuildException.invalid(prefix + "no port specified");
    }
    var proto = written.toLowerCase(Locale.ROOT);
    return switch (proto) {
      case "" -> "tcp";
      case "tcp", "udp", "sctp" -> proto;
      default -> throw BuildException.invalid(prefix + "invalid proto: " + proto);
    };
  }

  private static void checkAddress(String written) {
    var address = written;
    if (written.startsWith("[")) {
      if (!written.endsWith("]")) {
        throw BuildException.invalid(
            "invalid IP address %s: address %s:: missing ']' in address"
                .formatted(written, written));
      }
      address = written.substring(1, written.length() - 1);
    }
    if (!address.isEmpty() && !isAddress(address)) {
      throw BuildException.invalid("invalid IP address: " + address);
    }
  }

  private static boolean isAddress(String text) {
    boolean isPlain =
        IPV4.matcher(text).matches() || (text.indexOf(':') >= 0 && text.indexOf('%') < 0);
    try {
      return isPlain && InetAddress.ofLiteral(text).getAddress().length > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Optional<Range> range(String text) {
    var ends = text.split("-", -1);
    if (ends.length > 2) {
      return Optional.empty();
    }
    var first = number(ends[0]);
    var last = number(ends[ends.length - 1]);
    return first.isPresent() && last.isPresent() && first.get() <= last.get()
        ? Optional.of(new Range(first.get(), last.get()))
        : Optional.empty();
  }

  private static Optional<Integer> number(String text) {
    if (!text.matches("\\d{1,9}")) {
      return Optional.empty();
    }
    return Optional.of(Integer.parseInt(text)).filter(number -> number <= 65535);
  }
}
