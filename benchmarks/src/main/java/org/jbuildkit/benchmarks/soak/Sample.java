package org.jbuildkit.benchmarks.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the daemon takes at a moment.
 *
 * @param heap bytes of all objects that a full collection leaves
 */
record Sample(double minute, long heap, long descriptors, long threads) {
  private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");

  static Sample take(double minute, long pid) throws IOException, InterruptedException {
    var total = TOTAL.matcher(ask(pid, "GC.class_histogram"));
    if (!total.find()) {
      throw new IOException("the daemon does not tell its heap");
    }
    return new Sample(
        minute,
        Long.parseLong(total.group(1)),
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
