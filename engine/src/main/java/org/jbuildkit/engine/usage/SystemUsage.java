package org.jbuildkit.engine.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;

/**
 * What the whole machine does.
 *
 * @param proc the folder of the kernel's files
 */
public record SystemUsage(Path proc, Clock clock) {
  private static final int MOST = 20;
  private static final List<List<String>> MEMORY =
      List.of(
          List.of("total", "MemTotal"),
          List.of("free", "MemFree"),
          List.of("available", "MemAvailable"),
          List.of("buffers", "Buffers"),
          List.of("cached", "Cached"),
          List.of("active", "Active"),
          List.of("inactive", "Inactive"),
          List.of("swap", "SwapTotal"),
          List.of("dirty", "Dirty"),
          List.of("writeback", "Writeback"),
          List.of("slab", "Slab"));

  /** Starts to measure; the caller closes it. */
  public static Sampler start(Clock clock) {
    var system = new SystemUsage(Path.of("/proc"), clock);
    return Sampler.start("the machine", MOST, system::sample);
  }

  /** As it is now. */
  Optional<Json> sample() {
    var json = Json.object().put("timestamp", clock.instant().toString());
    text("stat").ifPresent(stat -> addCounts(json, stat));
    text("meminfo").ifPresent(memory -> json.put("memoryStat", memory(memory)));
    for (var name : List.of("cpu", "memory", "io")) {
      Pressure.read(proc.resolve("pressure").resolve(name))
          .ifPresent(pressure -> json.put(name + "Pressure", pressure));
    }
    return Optional.of(json.build());
  }

  private Optional<String> text(String name) {
    try {
      return Optional.of(Files.readString(proc.resolve(name)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static void addCounts(Json.ObjBuilder json, String stat) {
    json.put("cpuStat", CpuTimes.parse(stat).toJson());
    var numbers = numbers(stat);
    json.put(
        "procStat",
        Json.object()
            .put("contextSwitches", numbers.getOrDefault("ctxt", 0L))
            .put("processCreated", numbers.getOrDefault("processes", 0L))
            .put("processesRunning", numbers.getOrDefault("procs_running", 0L))
            .build());
  }

  private static Json memory(String text) {
    var numbers = numbers(text.replace(":", " "));
    var json = Json.object();
    for (var pair : MEMORY) {
      var kilobytes = numbers.get(pair.getLast());
      if (kilobytes != null) {
        json.put(pair.getFirst(), kilobytes * 1024);
      }
    }
    return json.build();
  }

  /** The first number of each line by the word in front of it. */
  public static Map<String, Long> numbers(String text) {
    var numbers = new TreeMap<String, Long>();
    text.lines()
        .forEach(line -> {
          var words = line.strip().split("\\s+", 3);
          if (words.length > 1 && words[1].matches("[0-9]{1,18}")) {
            numbers.put(words[0], Long.parseLong(words[1]));
          }
        });
    return numbers;
  }
}
