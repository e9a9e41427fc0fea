package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jbuildkit.engine.exec.ContainerProcess;

/** Makes the {@code /etc/hosts} and {@code /etc/resolv.conf} that processes see. */
final class EtcFiles {
  private static final Path HOST_FILE = Path.of("/etc/resolv.conf");
  private static final Path SYSTEMD_FILE = Path.of("/run/systemd/resolve/resolv.conf");
  private static final List<String> PUBLIC_SERVERS =
      List.of("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844");

  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final DnsOptions dns;

  EtcFiles(DnsOptions dns) {
    this.dns = dns;
  }

  static String hosts(String hostname, List<ContainerProcess.HostEntry> extra) {
    var text = new StringBuilder();
    text.append("127.0.0.1\tlocalhost ").append(hostname).append('\n');
    text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
    extra.forEach(entry -> text.append(entry.ip()).append('\t').append(entry.host()).append('\n'));
    return text.toString();
  }

  /** The resolver's file as it is now; the source is read each time, as it may change. */
  String resolver(ContainerProcess.Network network) throws IOException {
    boolean isHost = network == ContainerProcess.Network.HOST;
    var lines = read(HOST_FILE);
    if (!isHost && servers(lines).equals(List.of("127.0.0.53")) && Files.exists(SYSTEMD_FILE)) {
      lines = read(SYSTEMD_FILE);
    }
    return resolver(lines, isHost);
  }

  private static List<String> read(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static List<String> servers(List<String> lines) {
    return values(lines, "nameserver");
  }

  private static List<String> values(List<String> lines, String name) {
    var values = new ArrayList<String>();
    for (var line : lines) {
      var words = line.strip().split("\\s+", -1);
      if (words.length > 1 && words[0].equals(name)) {
        if (!name.equals("nameserver")) {
          values.clear();
        }
        values.addAll(List.of(words).subList(1, words.length));
      }
    }
    return values;
  }

  String resolver(List<String> lines, boolean isHost) {
    var servers = new ArrayList<>(dns.nameservers().orElse(servers(lines)));
    boolean overridden = dns.nameservers().isPresent();
    if (!overridden && (!isHost || servers.isEmpty())) {
      servers.removeIf(server -> server.startsWith("127.") || server.equals("::1"));
      if (servers.isEmpty()) {
        servers.addAll(PUBLIC_SERVERS);
      }
    }
    var out = new StringBuilder();
    servers.forEach(server -> out.append("nameserver ").append(server).append('\n'));
    append(out, "search", dns.searchDomains().orElse(values(lines, "search")));
    append(out, "options", dns.options().orElse(values(lines, "options")));
    for (var line : lines) {
      var name = line.strip().split("\\s+", -1)[0];
      boolean isRest = !List.of("", "nameserver", "search", "options").contains(name);
      if (isRest && !name.startsWith("#") && !name.startsWith(";")) {
        out.append(line.strip()).append('\n');
      }
    }
    return out.toString();
  }

  private static void append(StringBuilder out, String name, List<String> values) {
    if (!values.isEmpty()) {
      out.append(name).append(' ').append(String.join(" ", values)).append('\n');
    }
  }

  /** Writes a new file that all users may read. */
  static Path write(Path file, String content) throws IOException {
    Files.writeString(file, content, StandardOpenOption.CREATE_NEW);
    return Files.setPosixFilePermissions(file, READABLE);
  }
}
