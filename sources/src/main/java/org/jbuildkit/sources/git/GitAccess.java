package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.engine.exec.AgentSocket;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.SecretRequest;

/**
 * What clients lend for the way to a repository: a header with their credentials, an SSH agent, the
 * keys of servers. Nothing of it is left once this is closed.
 */
final class GitAccess implements AutoCloseable {
  private static final List<String> GITHUB =
      List.of("https://github.com/", "https://www.github.com/");

  private final Path folder;
  private final Optional<String> header;
  private final Optional<Path> knownHosts;
  private final Optional<AgentSocket> agent;
  private final String remote;

  private GitAccess(
      Path folder,
      String remote,
      Optional<String> header,
      Optional<Path> knownHosts,
      Optional<AgentSocket> agent) {
    this.folder = folder;
    this.remote = remote;
    this.header = header;
    this.knownHosts = knownHosts;
    this.agent = agent;
  }

  /**
   * Asks the clients of a build.
   *
   * @param ids their sessions, in the order in which they are asked
   * @param scratch an own folder that exists
   * @throws BuildException {@code no SSH key … forwarded from the client}
   */
  static GitAccess open(
      GitRequest request, SessionRegistry sessions, List<String> ids, Path scratch)
      throws IOException, InterruptedException {
    var own = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    var folder = Files.createTempDirectory(scratch, "git", own);
    boolean complete = false;
    try {
      Optional<Path> hosts = Optional.empty();
      if (!request.knownHosts().isEmpty()) {
        hosts = Optional.of(Files.writeString(folder.resolve("hosts"), request.knownHosts()));
      }
      Optional<AgentSocket> agent = Optional.empty();
      if (!request.agent().isEmpty()) {
        var session = AgentSocket.offering(sessions, ids, request.agent());
        var place = Files.createDirectory(folder.resolve("ssh"));
        agent = Optional.of(AgentSocket.open(place, session, request.agent()));
      }
      var header = header(request, sessions, ids);
      var access = new GitAccess(folder, request.remote(), header, hosts, agent);
      complete = true;
      return access;
    } finally {
      if (!complete) {
        remove(folder);
      }
    }
  }

  /** With a header that is known, and nothing else. */
  static GitAccess with(GitRequest request, Optional<String> header, Path scratch)
      throws IOException {
    var folder = Files.createTempDirectory(scratch, "git");
    return new GitAccess(folder, request.remote(), header, Optional.empty(), Optional.empty());
  }

  /** Who has no credentials, or can't be asked, has none. */
  private static Optional<String> header(
      GitRequest request, SessionRegistry sessions, List<String> ids) throws InterruptedException {
    if (ids.isEmpty() || !request.remote().matches("(?s)https?://.*")) {
      return Optional.empty();
    }
    for (var asked : questions(request)) {
      try {
        var found = SecretRequest.find(sessions, ids, asked.name);
        if (found.isPresent()) {
          return value(found.get(), asked.isToken);
        }
      } catch (BuildException _) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private record Question(String name, boolean isToken) {}

  private static List<Question> questions(GitRequest request) {
    var questions = new ArrayList<Question>();
    for (var suffix : List.of("." + request.host(), "")) {
      if (!request.headerSecret().isEmpty()) {
        questions.add(new Question(request.headerSecret() + suffix, false));
      }
      if (!request.tokenSecret().isEmpty()) {
        questions.add(new Question(request.tokenSecret() + suffix, true));
      }
    }
    return questions;
  }

  private static Optional<String> value(byte[] secret, boolean isToken) {
    if (isToken) {
      var prefix = "x-access-token:".getBytes(StandardCharsets.UTF_8);
      var pair = new byte[prefix.length + secret.length];
      System.arraycopy(prefix, 0, pair, 0, prefix.length);
      System.arraycopy(secret, 0, pair, prefix.length, secret.length);
      return Optional.of("basic " + Base64.getEncoder().encodeToString(pair));
    }
    var text = new String(secret, StandardCharsets.UTF_8).stripTrailing();
    // More than one line would be more than one header.
    return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
  }

  /** The value of the {@code Authorization} header, if there is one. */
  Optional<String> header() {
    return header;
  }

  /** To which addresses the header may go: this one and all that it is the beginning of. */
  String scope() {
    return GITHUB.stream().filter(remote::startsWith).findFirst().orElse(remote);
  }

  /** The command that reaches SSH servers. */
  String sshCommand() {
    return "ssh -F /dev/null"
        + knownHosts
            .map(file -> " -o UserKnownHostsFile=" + quoted(file))
            .orElse(" -o StrictHostKeyChecking=no");
  }

  /** A shell reads the command, and then ssh the option. */
  private static String quoted(Path file) {
    return "'\"" + file.toString().replace("'", "'\\''") + "\"'";
  }

  Optional<Path> agent() {
    return agent.map(AgentSocket::path);
  }

  /** A folder for what only lasts as long as this. */
  Path folder() {
    return folder;
  }

  private static void remove(Path folder) throws IOException {
    try (var parent = Dir.open(folder.resolve(".."))) {
      parent.removeTree(ByteName.ofText(folder.getFileName().toString()));
    }
  }

  @Override
  public void close() throws IOException {
    if (agent.isPresent()) {
      agent.get().close();
    }
    remove(folder);
  }
}
