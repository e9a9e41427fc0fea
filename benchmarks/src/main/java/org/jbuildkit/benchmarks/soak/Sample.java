package org.jbuildkit.benchmarks.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the daemon takes at a moment.
 *
 * @param heap bytes in use after a full collection
 */
record Sample(double minute, long heap, long descriptors, long threads) {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  static Sample take(double minute, long pid) throws IOException, InterruptedException {
    var _ = ask(pid, "GC.run");
    var used = USED.matcher(ask(pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IOException("the daemon does not tell its heap");
    }
    return new Sample(
        minute,
        Long.parseLong(used.group(1)) * 1024,
        count(Path.of("/proc/" + pid + "/fd")),
        count(Path.of("/proc/" + pid + "/task")));
  }

  private static String ask(long pid, String command) throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var process =
        new ProcessBuilder(jcmd, Long.toString(pid), command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd: " + said);
    }
    return said;
  }

  private static long count(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.count();
    }
  }
}
