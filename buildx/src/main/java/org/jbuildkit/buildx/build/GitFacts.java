package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;

/** What git tells of a context that is in a work tree: the commit and where it comes from. */
final class GitFacts {
  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "HOME",
          "XDG_CONFIG_HOME",
          "GIT_CONFIG_GLOBAL",
          "GIT_CONFIG_SYSTEM",
          "GIT_CONFIG_NOSYSTEM",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy");
  private static final int MAX_OUTPUT = 1 << 20;

  private final Path context;
  private final Environment environment;

  private GitFacts(Path context, Environment environment) {
    this.context = context;
    this.environment = environment;
  }

  /**
   * Adds what there is to tell to a frontend's options.
   *
   * @param file the Dockerfile as it was given; may be empty
   * @param mounts directories that the build reads, by name
   */
  static void put(
      Path context,
      String file,
      Map<String, Path> mounts,
      Environment environment,
      SequencedMap<String, String> options)
      throws IOException, InterruptedException {
    boolean facts = flag(environment, "BUILDX_GIT_INFO", true);
    boolean labels =
        environment.variable("BUILDX_GIT_LABELS").equals("full")
            || flag(environment, "BUILDX_GIT_LABELS", false);
    if (!facts && !labels) {
      return;
    }
    var git = new GitFacts(context.toRealPath(), environment);
    var root = git.root();
    if (root.isEmpty()) {
      return;
    }
    var revision = git.revision();
    var source = git.source();
    if (facts) {
      revision.ifPresent(text -> options.put("vcs:revision", text));
      source.ifPresent(text -> options.put("vcs:source", text));
      mounts.forEach((name, path) -> {
        if (path.startsWith(root.get())) {
          var inside = root.get().relativize(path).toString();
          options.put("vcs:localdir:" + name, inside.isEmpty() ? "." : inside);
        }
      });
    }
    if (labels) {
      revision.ifPresent(text -> options.put("label:org.opencontainers.image.revision", text));
      source.ifPresent(text -> options.put("label:org.opencontainers.image.source", text));
      var dockerfile = file.isEmpty() ? git.context.resolve("Dockerfile") : Path.of(file);
      var absolute = dockerfile.toAbsolutePath().normalize();
      if (!file.equals("-") && absolute.startsWith(root.get())) {
        options.put(
            "label:com.docker.image.source.entrypoint", root.get().relativize(absolute).toString());
      }
    }
  }

  private static boolean flag(Environment environment, String name, boolean preset) {
    return GoValues.parseBool(environment.variable(name)).orElse(preset);
  }

  private Optional<Path> root() throws IOException, InterruptedException {
    Optional<String> inside;
    var reason =
        "failed to read current commit information with git rev-parse" + " --is-inside-work-tree";
    try {
      inside = run("rev-parse", "--is-inside-work-tree").filter(text -> text.equals("true"));
    } catch (IOException e) {
      inside = Optional.empty();
      reason = "git was not found in the system: " + BuildException.describe(e);
    }
    if (inside.isEmpty()) {
      if (Files.isDirectory(context.resolve(".git"))) {
        environment
            .err()
            .println(
                "WARNING: current commit information was not captured by the build: " + reason);
      }
      return Optional.empty();
    }
    return run("rev-parse", "--show-toplevel").map(Path::of);
  }

  private Optional<String> revision() throws IOException, InterruptedException {
    var commit = run("show", "--format=%H", "HEAD", "--quiet", "--");
    boolean dirty =
        flag(environment, "BUILDX_GIT_CHECK_DIRTY", false)
            && run("status", "--porcelain", "--ignored").isPresent();
    return commit.map(text -> dirty ? text + "-dirty" : text);
  }

  private Optional<String> source() throws IOException, InterruptedException {
    var remotes = new ArrayList<String>();
    run("rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{u}")
        .ifPresent(branch -> remotes.add(branch.split("/", 2)[0]));
    remotes.addAll(List.of("origin", "upstream"));
    for (var remote : remotes) {
      var url = run("remote", "get-url", remote);
      if (url.isPresent()) {
        return url.map(GitFacts::withoutCredentials);
      }
    }
    return Optional.empty();
  }

  /** User and password of an URL as crosses. */
  static String withoutCredentials(String url) {
    return url.replaceFirst("^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@:]*:[^/@]*@", "$1xxxxx:xxxxx@")
        .replaceFirst("^(https?://)[^/@:]*@", "$1xxxxx@");
  }

  /** The first line that git prints; empty if it prints none or fails. */
  private Optional<String> run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>(List.of("git", "-c", "log.showSignature=false"));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(context.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().retainAll(PASSED);
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.environment().put("LC_ALL", "C");
    var process = builder.start();
    byte[] output;
    try (var in = process.getInputStream()) {
      output = in.readNBytes(MAX_OUTPUT);
    }
    if (process.waitFor() != 0) {
      return Optional.empty();
    }
    return new String(output, StandardCharsets.UTF_8)
        .lines()
        .findFirst()
        .map(line -> line.replace("'", "").trim())
        .filter(line -> !line.isEmpty());
  }
}
