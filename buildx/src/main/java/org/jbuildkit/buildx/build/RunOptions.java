package org.jbuildkit.buildx.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.ByteSize;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.protocol.keys.SolveOptions;

/** Flags on how steps run, as options of the frontend. */
final class RunOptions {
  private static final List<String> OLD_RESOURCE_FLAGS =
      List.of(
          "memory",
          "memory-swap",
          "cpu-shares",
          "cpu-period",
          "cpu-quota",
          "cpuset-cpus",
          "cpuset-mems");
  private static final Map<String, String> RESOURCES =
      Map.of(
          "memory", SolveOptions.MEMORY,
          "memory-swap", SolveOptions.MEMORY_SWAP,
          "cpu-shares", SolveOptions.CPU_SHARES,
          "cpu-period", SolveOptions.CPU_PERIOD,
          "cpu-quota", SolveOptions.CPU_QUOTA,
          "cpuset-cpus", SolveOptions.CPUSET_CPUS,
          "cpuset-mems", SolveOptions.CPUSET_MEMS);

  private RunOptions() {}

  /** Old flags first, so that {@code --resource} overrides them. */
  static void resources(Invocation flags, SequencedMap<String, String> options) {
    var values = new ArrayList<String>();
    for (var name : OLD_RESOURCE_FLAGS) {
      if (flags.isSet(name)) {
        values.add(name + "=" + flags.text(name));
      }
    }
    values.addAll(flags.list("resource"));
    for (var value : values) {
      resource(value, options);
    }
  }

  private static void resource(String value, SequencedMap<String, String> options) {
    int equals = value.indexOf('=');
    if (equals < 0) {
      throw BuildException.failed("invalid resource \"" + value + "\", expected key=value");
    }
    var key = value.substring(0, equals);
    var text = value.substring(equals + 1);
    var option = RESOURCES.get(key);
    if (option == null) {
      throw BuildException.failed("unknown resource \"" + key + "\"");
    }
    var wire =
        switch (key) {
          case "cpuset-cpus", "cpuset-mems" -> text;
          case "memory", "memory-swap" -> bytes(key, text);
          default -> number(key, text);
        };
    if (wire.isEmpty() || wire.equals("0")) {
      options.remove(option);
    } else {
      options.put(option, wire);
    }
  }

  private static String bytes(String key, String text) {
    if (key.equals("memory-swap") && text.equals("-1")) {
      return text;
    }
    var size = ByteSize.parse(text);
    if (size.isEmpty()) {
      throw bad(key, text, "invalid size: '" + text + "'");
    }
    return Long.toString(size.getAsLong());
  }

  private static String number(String key, String text) {
    if (!text.matches("[+-]?[0-9]{1,18}")) {
      throw bad(key, text, "strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
    }
    return Long.toString(Math.max(0, Long.parseLong(text)));
  }

  private static BuildException bad(String key, String text, String reason) {
    return BuildException.failed(
        "invalid value \"%s\" for resource %s: %s".formatted(text, key, reason));
  }

  /** The memory for shared memory, and limits of processes. */
  static void limits(Invocation flags, SequencedMap<String, String> options) {
    var shared = ByteSize.parse(flags.text("shm-size")).orElse(0);
    if (shared > 0) {
      options.put(SolveOptions.SHM_SIZE, Long.toString(shared));
    }
    var limits = new TreeMap<String, String>();
    for (var value : flags.list("ulimit")) {
      int equals = value.indexOf('=');
      var parts = equals < 0 ? new String[0] : value.substring(equals + 1).split(":", -1);
      boolean valid = equals > 0 && parts.length > 0 && parts.length < 3;
      for (var part : parts) {
        valid &= part.matches("-?[0-9]{1,18}");
      }
      if (!valid) {
        throw BuildException.failed(
            "invalid argument \"%s\" for \"--ulimit\" flag: invalid ulimit argument: %s"
                .formatted(value, value));
      }
      limits.put(value.substring(0, equals), parts[0] + ":" + parts[parts.length - 1]);
    }
    if (!limits.isEmpty()) {
      var texts = new ArrayList<String>();
      limits.forEach((name, limit) -> texts.add(name + "=" + limit));
      options.put(SolveOptions.ULIMIT, String.join(",", texts));
    }
    if (!flags.text("cgroup-parent").isEmpty()) {
      options.put(SolveOptions.CGROUP_PARENT, flags.text("cgroup-parent"));
    }
  }

  /** Names for the steps' hosts files. */
  static void hosts(List<String> values, String driver, SequencedMap<String, String> options) {
    var hosts = new ArrayList<String>();
    for (var value : values) {
      int equals = value.indexOf('=');
      int split = equals < 0 ? value.indexOf(':') : equals;
      if (split <= 0 || split == value.length() - 1) {
        throw BuildException.failed("invalid host " + value);
      }
      for (var address : value.substring(split + 1).split(",", -1)) {
        if (address.equals("host-gateway")) {
          throw BuildException.failed(
              "unable to derive the IP value for host-gateway: host-gateway is not supported by"
                  + " the %s driver".formatted(driver));
        }
        var bare = address.replaceAll("^\\[(.*)\\]$", "$1");
        if (!bare.matches("[0-9a-fA-F:.]+(%[a-zA-Z0-9]+)?")) {
          throw BuildException.failed("invalid host " + value);
        }
        hosts.add(value.substring(0, split) + "=" + bare);
      }
    }
    if (!hosts.isEmpty()) {
      options.put(SolveOptions.ADD_HOSTS, String.join(",", hosts));
    }
  }

  /** The network of steps; {@code host} also needs the right to it. */
  static void network(
      String mode, SequencedMap<String, String> options, List<String> entitlements) {
    switch (mode) {
      case "", "default" -> {}
      case "none" -> options.put(SolveOptions.FORCE_NETWORK_MODE, mode);
      case "host" -> {
        options.put(SolveOptions.FORCE_NETWORK_MODE, mode);
        if (!entitlements.contains("network.host")) {
          entitlements.add("network.host");
        }
      }
      default ->
          throw BuildException.failed(
              "network mode \"%s\" not supported by buildkit - you can define a custom network for"
                      .formatted(mode)
                  + " your builder using the network driver-opt in buildx create");
    }
  }
}
