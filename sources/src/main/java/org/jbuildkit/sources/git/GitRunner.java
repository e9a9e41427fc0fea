package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.solver.VertexReport;

/**
 * Runs git for one request, in one place. Whatever is secret goes by the environment, which nobody
 * else can read, and never by the arguments; no configuration of the machine and no hook counts.
 */
final class GitRunner {
  /** The name by which the remote is called: its address may hold a password. */
  static final String REMOTE = "upstream";

  private static final String DEPTH = "--depth=1";

  private final GitProgram program;
  private final GitAccess access;
  private final String remote;
  private final VertexReport report;
  private final Path directory;
  private final List<String> place;

  private GitRunner(
      GitProgram program,
      GitAccess access,
      String remote,
      VertexReport report,
      Path directory,
      List<String> place) {
    this.program = program;
    this.access = access;
    this.remote = remote;
    this.report = report;
    this.directory = directory;
    this.place = place;
  }

  /**
   * A runner outside of any repository.
   *
   * @param remote the address that {@link #REMOTE} stands for
   * @param report told what git prints
   */
  static GitRunner of(GitProgram program, GitAccess access, String remote, VertexReport report) {
    return new GitRunner(program, access, remote, report, access.folder(), List.of());
  }

  /** The same in a repository without files. */
  GitRunner in(Path repository) {
    return new GitRunner(
        program, access, remote, report, repository, List.of("--git-dir", repository.toString()));
  }

  /** The same in a repository whose files are in {@code tree}. */
  GitRunner in(Path repository, Path tree) {
    var place = List.of("--work-tree", tree.toString(), "--git-dir", repository.toString());
    return new GitRunner(program, access, remote, report, tree, place);
  }

  /**
   * Runs a command, and again in other ways where the server can't do what it asks for.
   *
   * @return what it printed
   * @throws GitFailure if it failed
   */
  String run(String... words) throws IOException, InterruptedException {
    return new String(run(List.of(words), true), StandardCharsets.UTF_8);
  }

  /** As {@link #run}, without telling what is printed. */
  byte[] ask(String... words) throws IOException, InterruptedException {
    return run(List.of(words), false);
  }

  /** As {@link #ask}, for one line. */
  String line(String... words) throws IOException, InterruptedException {
    return new String(ask(words), StandardCharsets.UTF_8).strip();
  }

  /** Whether a command succeeds. */
  boolean succeeds(String... words) throws IOException, InterruptedException {
    try {
      var _ = ask(words);
      return true;
    } catch (GitFailure _) {
      return false;
    }
  }

  private byte[] run(List<String> words, boolean isTold) throws IOException, InterruptedException {
    var current = words;
    boolean isTrusted = true;
    while (true) {
      try {
        return once(current, isTrusted, isTold);
      } catch (GitFailure e) {
        if (isTrusted && access.header().isPresent() && isRedirected(e)) {
          // Who sends us elsewhere does not get to say who sees the credentials.
          isTrusted = false;
          continue;
        }
        var next = humbler(current, e);
        if (next.isEmpty()) {
          throw e;
        }
        current = next.get();
      }
    }
  }

  private static boolean isRedirected(GitFailure failure) {
    return failure.says(
        "returned error: 301",
        "returned error: 302",
        "returned error: 303",
        "returned error: 307",
        "returned error: 308");
  }

  /** A command that asks for less than one that failed. */
  private static Optional<List<String>> humbler(List<String> words, GitFailure failure) {
    if (failure.says("--depth", "shallow") && words.contains(DEPTH)) {
      return Optional.of(words.stream().filter(word -> !word.equals(DEPTH)).toList());
    }
    boolean isUnknown = failure.says("not our ref", "unadvertised object");
    if (isUnknown && words.getFirst().equals("fetch") && GitRequest.isCommit(words.getLast())) {
      return Optional.of(words.subList(0, words.size() - 1));
    }
    return Optional.empty();
  }

  private byte[] once(List<String> words, boolean isTrusted, boolean isTold)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(place);
    command.addAll(words);
    return new GitProcess(command, environment(isTrusted), directory, this::masked, report)
        .run(isTold);
  }

  private Map<String, String> environment(boolean isTrusted) {
    var all = new LinkedHashMap<>(program.environment());
    all.put("GIT_TERMINAL_PROMPT", "0");
    all.put("GIT_SSH_COMMAND", access.sshCommand());
    all.put("GIT_CONFIG_NOSYSTEM", "1");
    all.put("GIT_CONFIG_GLOBAL", "/dev/null");
    all.put("GIT_CEILING_DIRECTORIES", access.folder().resolve("..").normalize().toString());
    all.put("HOME", "/dev/null");
    all.put("LC_ALL", "C");
    access.agent().ifPresent(socket -> all.put("SSH_AUTH_SOCK", socket.toString()));
    int count = 0;
    for (var setting : settings(isTrusted).entrySet()) {
      all.put("GIT_CONFIG_KEY_" + count, setting.getKey());
      all.put("GIT_CONFIG_VALUE_" + count, setting.getValue());
      count++;
    }
    all.put("GIT_CONFIG_COUNT", Integer.toString(count));
    return all;
  }

  private Map<String, String> settings(boolean isTrusted) {
    var settings = new LinkedHashMap<String, String>();
    // Submodules may not come from files of this machine.
    settings.put("protocol.file.allow", "user");
    settings.put("core.hooksPath", "/dev/null");
    // Nothing may go on after the command has ended.
    settings.put("gc.autoDetach", "false");
    settings.put("maintenance.autoDetach", "false");
    settings.put("remote." + REMOTE + ".url", remote);
    if (isTrusted && access.header().isPresent()) {
      var scope = "http." + access.scope();
      settings.put(scope + ".extraHeader", "Authorization: " + access.header().get());
      settings.put(scope + ".followRedirects", "false");
    }
    return settings;
  }

  /** What git says, without users and passwords in addresses. */
  private String masked(String text) {
    return UserInfo.maskedIn(text.replace(remote, UserInfo.masked(remote)));
  }
}
