package org.jbuildkit.executor.usage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/**
 * A group of version 1, whose files are in a tree for each controller.
 *
 * @param path of the group below each controller
 */
record SplitGroup(Path root, String path) implements ControlGroup {
  private static final long NANOS_OF_TICK = 10_000_000;
  private static final List<List<String>> MEMORY =
      List.of(
          List.of("swapBytes", "swap"),
          List.of("anon", "rss"),
          List.of("file", "cache"),
          List.of("shmem", "shmem"),
          List.of("fileMapped", "mapped_file"),
          List.of("fileDirty", "dirty"),
          List.of("fileWriteback", "writeback"),
          List.of("pgfault", "pgfault"),
          List.of("pgmajfault", "pgmajfault"));

  private Path file(String controller, String name) {
    return root.resolve(controller).resolve(path).resolve(name);
  }

  @Override
  public Optional<Json> sample(String timestamp) {
    if (!Files.exists(file("pids", "cgroup.procs")) && !Files.exists(file("memory", "tasks"))) {
      return Optional.empty();
    }
    var json = Json.object().put("timestamp", timestamp);
    ControlGroup.putUnlessEmpty(json, "cpuStat", cpu());
    ControlGroup.putUnlessEmpty(json, "memoryStat", memory());
    var io = Json.object();
    addSums(io, "blkio.throttle.io_service_bytes", "Bytes");
    addSums(io, "blkio.throttle.io_serviced", "IOs");
    ControlGroup.putUnlessEmpty(json, "ioStat", io);
    var pids = Json.object();
    ControlGroup.number(file("pids", "pids.current"))
        .ifPresent(count -> pids.put("current", count));
    ControlGroup.putUnlessEmpty(json, "pidsStat", pids);
    return Optional.of(json.build());
  }

  private Json.ObjBuilder cpu() {
    var json = Json.object();
    ControlGroup.number(file("cpuacct", "cpuacct.usage"))
        .ifPresent(nanos -> json.put("usageNanos", nanos));
    var times = ControlGroup.numbers(file("cpuacct", "cpuacct.stat"));
    put(json, "userNanos", times.get("user"), NANOS_OF_TICK);
    put(json, "systemNanos", times.get("system"), NANOS_OF_TICK);
    var periods = ControlGroup.numbers(file("cpu", "cpu.stat"));
    put(json, "nrPeriods", periods.get("nr_periods"), 1);
    put(json, "nrThrottled", periods.get("nr_throttled"), 1);
    put(json, "throttledNanos", periods.get("throttled_time"), 1);
    return json;
  }

  private Json.ObjBuilder memory() {
    var json = Json.object();
    var numbers = ControlGroup.numbers(file("memory", "memory.stat"));
    MEMORY.forEach(pair -> put(json, pair.getFirst(), numbers.get(pair.getLast()), 1));
    ControlGroup.number(file("memory", "memory.max_usage_in_bytes"))
        .ifPresent(bytes -> json.put("peak", bytes));
    var kills = ControlGroup.numbers(file("memory", "memory.oom_control")).get("oom_kill");
    put(json, "oomKillEvents", kills, 1);
    return json;
  }

  private static void put(
      Json.ObjBuilder json,
      String name,
      @org.jspecify.annotations.Nullable Long value,
      long factor) {
    if (value != null) {
      json.put(name, value * factor);
    }
  }

  /** Lines are {@code DEVICE OPERATION COUNT}; what counts is the sum over the devices. */
  private void addSums(Json.ObjBuilder json, String file, String unit) {
    var text = ControlGroup.text(file("blkio", file)).orElse("");
    for (var operation : List.of("Read", "Write", "Discard")) {
      long sum =
          text.lines()
              .map(line -> line.split(" ", -1))
              .filter(words -> words.length == 3 && words[1].equals(operation))
              .filter(words -> words[2].matches("[0-9]{1,18}"))
              .mapToLong(words -> Long.parseLong(words[2]))
              .sum();
      if (sum > 0) {
        json.put(operation.toLowerCase(java.util.Locale.ROOT) + unit, sum);
      }
    }
  }

  @Override
  public long memoryKills() {
    return ControlGroup.numbers(file("memory", "memory.oom_control")).getOrDefault("oom_kill", 0L);
  }
}
