package org.jbuildkit.engine.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/**
 * What the machine's processors have done since it started.
 *
 * @param ticks hundredths of a second, in the order of {@code /proc/stat}
 */
public record CpuTimes(List<Long> ticks) {
  private static final Path FILE = Path.of("/proc/stat");
  private static final List<String> NAMES =
      List.of(
          "user",
          "nice",
          "system",
          "idle",
          "iowait",
          "irq",
          "softirq",
          "steal",
          "guest",
          "guestNice");

  public CpuTimes {
    ticks = List.copyOf(ticks);
  }

  /** As it is now; empty where the kernel does not tell. */
  public static Optional<CpuTimes> now() {
    try {
      return Optional.of(parse(Files.readString(FILE)));
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static CpuTimes parse(String stat) {
    var words = stat.lines().findFirst().orElse("").strip().split("\\s+", -1);
    if (!words[0].equals("cpu") || words.length <= NAMES.size()) {
      throw new IllegalArgumentException("no line of all processors");
    }
    var ticks = new ArrayList<Long>();
    for (int i = 0; i < NAMES.size(); i++) {
      ticks.add(Long.parseLong(words[i + 1]));
    }
    return new CpuTimes(ticks);
  }

  /** What has been done since an earlier time. */
  public CpuTimes since(CpuTimes earlier) {
    var ticksBetween = new ArrayList<Long>();
    for (int i = 0; i < NAMES.size(); i++) {
      ticksBetween.add(Math.max(0, ticks.get(i) - earlier.ticks.get(i)));
    }
    return new CpuTimes(ticksBetween);
  }

  /** In seconds. */
  public Json toJson() {
    var json = Json.object();
    for (int i = 0; i < NAMES.size(); i++) {
      var seconds = BigDecimal.valueOf(ticks.get(i), 2).setScale(3, RoundingMode.HALF_UP);
      json.put(NAMES.get(i), new Json.Num(plain(seconds)));
    }
    return json.build();
  }

  /** Without zeros at the end, as Go writes floats. */
  static BigDecimal plain(BigDecimal value) {
    return value.signum() == 0
        ? BigDecimal.ZERO
        : new BigDecimal(value.stripTrailingZeros().toPlainString());
  }
}
