package org.jbuildkit.benchmarks.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the daemon takes at a moment.
 *
 * @param heap bytes of all live objects
 */
record Sample(double minute, long heap, long descriptors, long threads) {
  private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");

  /** Dead objects that a collection did not move others over. */
  private static final Pattern DEAD = Pattern.compile("\\d+ +(\\d+) +\\S*FillerElement");

  static Sample take(double minute, long pid) throws IOException, InterruptedException {
    var objects = ask(pid, "GC.class_histogram");
    var total = TOTAL.matcher(objects);
    if (!total.find()) {
      throw new IOException("the daemon does not tell its heap");
    }
    long dead =
        DEAD.matcher(objects).results().mapToLong(line -> Long.parseLong(line.group(1))).sum();
    return new Sample(
        minute,
        Long.parseLong(total.group(1)) - dead,
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
