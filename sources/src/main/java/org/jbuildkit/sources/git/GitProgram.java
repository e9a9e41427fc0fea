package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;

/**
 * The {@code git} program of the machine.
 *
 * @param environment all that a run gets of the daemon's own: the search path and proxies
 */
record GitProgram(Map<String, String> environment) {
  private static final String USUAL_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> TAKEN =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "all_proxy");

  /**
   * @param daemon the daemon's environment
   */
  static GitProgram of(Map<String, String> daemon) {
    var taken = new LinkedHashMap<String, String>();
    taken.put("PATH", daemon.getOrDefault("PATH", USUAL_PATH));
    for (var name : TAKEN) {
      if (daemon.containsKey(name)) {
        taken.put(name, daemon.get(name));
      }
    }
    return new GitProgram(taken);
  }

  GitProgram {
    environment = Map.copyOf(environment);
  }

  /** Whether there is such a program. */
  boolean isInstalled() {
    for (var folder : environment.getOrDefault("PATH", USUAL_PATH).split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve("git"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Makes sure that there is the program.
   *
   * @throws BuildException {@code failed to find git binary}
   */
  void require() throws IOException {
    if (!isInstalled()) {
      throw BuildException.failed("failed to find git binary: install git where the daemon runs");
    }
  }
}
