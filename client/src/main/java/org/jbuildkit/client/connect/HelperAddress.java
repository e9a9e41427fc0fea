package org.jbuildkit.client.connect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;

/** Addresses that name a program to run, whose standard streams are the connection. */
final class HelperAddress {
  private static final List<String> DIAL = List.of("buildctl", "dial-stdio");
  private static final Pattern NAME = Pattern.compile("[-a-z0-9.]+");
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2}).{0,2}");

  private final String host;
  private final String user;
  private final String path;
  private final String query;
  private final String fragment;

  private HelperAddress(String rest) {
    int hash = rest.indexOf('#');
    this.fragment = hash < 0 ? "" : rest.substring(hash + 1);
    var noFragment = hash < 0 ? rest : rest.substring(0, hash);
    int mark = noFragment.indexOf('?');
    this.query = mark < 0 ? "" : noFragment.substring(mark + 1);
    var noQuery = mark < 0 ? noFragment : noFragment.substring(0, mark);
    int slash = noQuery.indexOf('/');
    this.path = slash < 0 ? "" : noQuery.substring(slash);
    var authority = slash < 0 ? noQuery : noQuery.substring(0, slash);
    int at = authority.lastIndexOf('@');
    this.user = at < 0 ? "" : authority.substring(0, at);
    this.host = authority.substring(at + 1);
  }

  /**
   * The program and its arguments; nothing for an address of another kind.
   *
   * @throws BuildException if it says too little or too much
   */
  static Optional<List<String>> command(String address) {
    var bad = BAD_ESCAPE.matcher(address);
    if (bad.find()) {
      throw BuildException.failed(
          "parse " + GoQuote.quote(address) + ": invalid URL escape " + GoQuote.quote(bad.group()));
    }
    int scheme = address.indexOf("://");
    if (scheme < 0) {
      return Optional.empty();
    }
    var parsed = new HelperAddress(address.substring(scheme + 3));
    return switch (address.substring(0, scheme)) {
      case "docker-container" -> Optional.of(parsed.docker());
      case "podman-container" -> Optional.of(parsed.podman());
      case "nerdctl-container" -> Optional.of(parsed.nerdctl());
      case "kube-pod" -> Optional.of(parsed.pod());
      case "ssh" -> Optional.of(parsed.ssh());
      case "npipe" ->
          throw BuildException.failed("npipe connections are only supported on windows");
      default -> Optional.empty();
    };
  }

  private Map<String, String> parameters() {
    var parameters = new LinkedHashMap<String, String>();
    for (var part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      parameters.putIfAbsent(
          decoded(equals < 0 ? part : part.substring(0, equals)),
          equals < 0 ? "" : decoded(part.substring(equals + 1)));
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The host without its port. */
  private String hostName() {
    var name = host.replaceFirst(":[0-9]*$", "");
    return decoded(name.startsWith("[") && name.endsWith("]") ? inner(name) : name);
  }

  private static String inner(String name) {
    return name.substring(1, name.length() - 1);
  }

  private String container() {
    if (hostName().isEmpty()) {
      throw BuildException.failed("url lacks container name");
    }
    return hostName();
  }

  private static List<String> command(List<String> start, List<String> end) {
    var command = new ArrayList<>(start);
    command.addAll(end);
    return command;
  }

  private List<String> docker() {
    var name = container();
    var context = parameters().getOrDefault("context", "");
    var start = new ArrayList<>(List.of("docker"));
    if (!context.isEmpty()) {
      start.add("--context=" + context);
    }
    start.addAll(List.of("exec", "-i", name));
    return command(start, DIAL);
  }

  private List<String> podman() {
    return command(List.of("podman", "exec", "-i", container()), DIAL);
  }

  private List<String> nerdctl() {
    var name = container();
    var namespace = parameters().getOrDefault("namespace", "");
    var start = new ArrayList<>(List.of("nerdctl", "exec"));
    if (!namespace.isEmpty()) {
      start.addAll(List.of("--namespace", namespace));
    }
    start.addAll(List.of("-i", name));
    return command(start, DIAL);
  }

  private List<String> pod() {
    var name = hostName();
    if (name.isEmpty()) {
      throw BuildException.failed("url lacks pod name");
    }
    requireName("pod", name);
    var namespace = parameters().getOrDefault("namespace", "");
    var container = parameters().getOrDefault("container", "");
    if (!namespace.isEmpty()) {
      requireName("namespace", namespace);
    }
    if (!container.isEmpty()) {
      requireName("container", container);
    }
    var start =
        List.of(
            "kubectl",
            "--context=" + parameters().getOrDefault("context", ""),
            "--namespace=" + namespace,
            "exec",
            "--container=" + container,
            "-i",
            name,
            "--");
    return command(start, DIAL);
  }

  private static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw BuildException.failed("unsupported " + what + " name: " + GoQuote.quote(name));
    }
  }

  private List<String> ssh() {
    if (user.contains(":")) {
      throw BuildException.failed("plain-text password is not supported");
    }
    if (hostName().isEmpty()) {
      throw BuildException.failed("no host specified");
    }
    if (!query.isEmpty()) {
      throw BuildException.failed("extra query after the host: " + GoQuote.quote(query));
    }
    if (!fragment.isEmpty()) {
      throw BuildException.failed("extra fragment after the host: " + GoQuote.quote(fragment));
    }
    var command = new ArrayList<>(List.of("ssh"));
    if (!user.isEmpty()) {
      command.addAll(List.of("-l", decoded(user)));
    }
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && colon > host.lastIndexOf(']') && colon + 1 < host.length()) {
      command.addAll(List.of("-p", host.substring(colon + 1)));
    }
    command.addAll(List.of("--", hostName(), "buildctl"));
    if (!path.isEmpty()) {
      command.addAll(List.of("--addr", "unix://" + decoded(path)));
    }
    command.add("dial-stdio");
    return command;
  }
}
