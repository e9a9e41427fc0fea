package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the runtime is known to let containers out. It is asked for its version when somebody
 * wants to know, and once only. The lock guards the answer, and is held while the runtime is asked.
 */
public final class RuntimeAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeAdvice.class);
  private static final Pattern RELEASE =
      Pattern.compile(
          "(?:runc|crun) version ([0-9]+)\\.([0-9]+)(?:\\.([0-9]+))?(?:-rc\\.([0-9]+))?");
  private static final Pattern DEBIAN = Pattern.compile("\\+deb(1[0-9])u([0-9]+)");
  private static final Pattern UBUNTU = Pattern.compile("1\\.1\\.7-0ubuntu1~22\\.04\\.([0-9]+)");
  private static final int MAX_ANSWER = 4096;

  /** Greater than the number of any release candidate. */
  private static final long RELEASED = Long.MAX_VALUE;

  private final Path program;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Optional<String>> known = Optional.empty();

  RuntimeAdvice(Path program) {
    this.program = program;
  }

  /** A sentence for whoever runs the daemon, if there is something to say; logged once. */
  public Optional<String> warning() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (known.isEmpty()) {
        var found = warning(ask());
        found.ifPresent(LOG::warn);
        known = Optional.of(found);
      }
      return known.get();
    } finally {
      lock.unlock();
    }
  }

  private String ask() throws IOException, InterruptedException {
    var builder = new ProcessBuilder(program.toString(), "--version");
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    var process =
        builder.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile()).start();
    try {
      var answer = process.getInputStream().readNBytes(MAX_ANSWER);
      return process.waitFor(5, TimeUnit.SECONDS) ? new String(answer, StandardCharsets.UTF_8) : "";
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * What is to be said of a version.
   *
   * @param answer what the runtime says of itself, with its distribution's revision
   */
  static Optional<String> warning(String answer) {
    var release = RELEASE.matcher(answer);
    if (!release.find()) {
      return Optional.empty();
    }
    long version =
        number(release.group(1)) * 1_000_000
            + number(release.group(2)) * 1_000
            + number(Optional.ofNullable(release.group(3)).orElse("0"));
    long candidate =
        Optional.ofNullable(release.group(4)).map(RuntimeAdvice::number).orElse(RELEASED);
    var holes = answer.startsWith("crun") ? ofCrun(version) : ofRunc(version, candidate, answer);
    var name = release.group().replace(" version", "");
    return holes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            name
                + " lets containers or images out ("
                + String.join(", ", holes)
                + "): install a newer one");
  }

  private static long number(String text) {
    return text.length() > 4 ? 9999 : Long.parseLong(text);
  }

  private static List<String> ofCrun(long version) {
    return version < 1_004_004 ? List.of("CVE-2022-27650") : List.of();
  }

  /**
   * The repairs of 2025 are in 1.2.8, 1.3.3 and 1.4.0-rc.3, that of 2026 in 1.3.6, 1.4.3 and
   * 1.5.0-rc.3. Debian has put none of them into the older versions of its stable suites (seen in
   * November 2026: bookworm has 1.1.5+ds1-1+deb12u1, trixie 1.1.15+ds1-2); Ubuntu ships 1.3.3.
   */
  private static List<String> ofRunc(long version, long candidate, String answer) {
    var holes = new ArrayList<String>();
    if (version < 1_001_012 && !isRepaired(version, answer)) {
      holes.add("CVE-2024-21626");
    }
    boolean isOfOldLine = version < 1_002_008;
    boolean isOfThird = version >= 1_003_000 && version < 1_003_003;
    if (isOfOldLine || isOfThird || (version == 1_004_000 && candidate < 3)) {
      holes.addAll(List.of("CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881"));
    }
    boolean isOfFourth = version >= 1_004_000 && version < 1_004_003;
    if (version < 1_003_006 || isOfFourth || (version == 1_005_000 && candidate < 3)) {
      holes.add("CVE-2026-41579");
    }
    return holes;
  }

  /** Whether a distribution has put the repair of the leaked descriptor into an older version. */
  private static boolean isRepaired(long version, String answer) {
    var debian = DEBIAN.matcher(answer);
    if (debian.find()) {
      long suite = number(debian.group(1));
      long revision = number(debian.group(2));
      return (suite == 12 && version >= 1_001_005 && revision >= 1)
          || (suite == 11 && revision >= 3);
    }
    var ubuntu = UBUNTU.matcher(answer);
    return ubuntu.find() && number(ubuntu.group(1)) >= 2;
  }
}
