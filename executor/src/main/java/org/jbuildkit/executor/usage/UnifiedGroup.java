package org.jbuildkit.executor.usage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.usage.Pressure;

/** A group of version 2. */
record UnifiedGroup(Path folder) implements ControlGroup {
  private static final List<List<String>> CPU =
      List.of(
          List.of("usageNanos", "usage_usec"),
          List.of("userNanos", "user_usec"),
          List.of("systemNanos", "system_usec"),
          List.of("nrPeriods", "nr_periods"),
          List.of("nrThrottled", "nr_throttled"),
          List.of("throttledNanos", "throttled_usec"));
  private static final List<List<String>> MEMORY =
      List.of(
          List.of("anon", "anon"),
          List.of("file", "file"),
          List.of("kernel", "kernel"),
          List.of("kernelStack", "kernel_stack"),
          List.of("pageTables", "pagetables"),
          List.of("sock", "sock"),
          List.of("vmalloc", "vmalloc"),
          List.of("shmem", "shmem"),
          List.of("fileMapped", "file_mapped"),
          List.of("fileDirty", "file_dirty"),
          List.of("fileWriteback", "file_writeback"),
          List.of("slab", "slab"),
          List.of("pgscan", "pgscan"),
          List.of("pgsteal", "pgsteal"),
          List.of("pgfault", "pgfault"),
          List.of("pgmajfault", "pgmajfault"));
  private static final List<List<String>> EVENTS =
      List.of(
          List.of("lowEvents", "low"),
          List.of("highEvents", "high"),
          List.of("maxEvents", "max"),
          List.of("oomEvents", "oom"),
          List.of("oomKillEvents", "oom_kill"));
  private static final List<List<String>> INPUT_AND_OUTPUT =
      List.of(
          List.of("readBytes", "rbytes"),
          List.of("writeBytes", "wbytes"),
          List.of("discardBytes", "dbytes"),
          List.of("readIOs", "rios"),
          List.of("writeIOs", "wios"),
          List.of("discardIOs", "dios"));

  @Override
  public Optional<Json> sample(String timestamp) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    var json = Json.object().put("timestamp", timestamp);
    ControlGroup.putUnlessEmpty(json, "cpuStat", cpu());
    ControlGroup.putUnlessEmpty(json, "memoryStat", memory());
    ControlGroup.putUnlessEmpty(json, "ioStat", inputAndOutput());
    var pids = Json.object();
    ControlGroup.number(folder.resolve("pids.current"))
        .ifPresent(count -> pids.put("current", count));
    ControlGroup.putUnlessEmpty(json, "pidsStat", pids);
    return Optional.of(json.build());
  }

  private Json.ObjBuilder cpu() {
    var nanos = new TreeMap<String, Long>();
    ControlGroup.numbers(folder.resolve("cpu.stat"))
        .forEach((name, value) -> nanos.put(name, name.endsWith("_usec") ? value * 1000 : value));
    return pressed(named(Json.object(), CPU, nanos), "cpu");
  }

  private Json.ObjBuilder memory() {
    var json = Json.object();
    ControlGroup.number(folder.resolve("memory.swap.current"))
        .ifPresent(bytes -> json.put("swapBytes", bytes));
    named(json, MEMORY, ControlGroup.numbers(folder.resolve("memory.stat")));
    ControlGroup.number(folder.resolve("memory.peak")).ifPresent(bytes -> json.put("peak", bytes));
    named(json, EVENTS, ControlGroup.numbers(folder.resolve("memory.events")));
    return pressed(json, "memory");
  }

  /** Each line is a device; what counts is their sum. */
  private Json.ObjBuilder inputAndOutput() {
    var sums = new TreeMap<String, Long>();
    for (var word : ControlGroup.text(folder.resolve("io.stat")).orElse("").split("\\s+", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0 && word.substring(equals + 1).matches("[0-9]{1,18}")) {
        sums.merge(
            word.substring(0, equals), Long.parseLong(word.substring(equals + 1)), Long::sum);
      }
    }
    return pressed(named(Json.object(), INPUT_AND_OUTPUT, sums), "io");
  }

  private static Json.ObjBuilder named(
      Json.ObjBuilder json, List<List<String>> names, Map<String, Long> values) {
    for (var pair : names) {
      var value = values.get(pair.getLast());
      if (value != null) {
        json.put(pair.getFirst(), value);
      }
    }
    return json;
  }

  private Json.ObjBuilder pressed(Json.ObjBuilder json, String what) {
    Pressure.read(folder.resolve(what + ".pressure"))
        .ifPresent(pressure -> json.put("pressure", pressure));
    return json;
  }

  @Override
  public long memoryKills() {
    return ControlGroup.numbers(folder.resolve("memory.events")).getOrDefault("oom_kill", 0L);
  }
}
