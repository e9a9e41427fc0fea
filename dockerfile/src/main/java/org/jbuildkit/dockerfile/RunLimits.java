package org.jbuildkit.dockerfile;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.protocol.pb.HostIP;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.jbuildkit.protocol.pb.Ulimit;

/**
 * What the request says of every RUN's surroundings.
 *
 * @param shmSize bytes of {@code /dev/shm}, or 0 for the executor's own
 * @param resources present if any limit was given
 */
record RunLimits(
    List<HostIP> hosts,
    long shmSize,
    List<Ulimit> ulimits,
    String cgroupParent,
    Optional<LinuxResources> resources) {
  private static final Set<String> ULIMITS =
      Set.of(
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");
  private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})(\\.\\d{1,3}){3}");
  private static final Pattern CPUS = Pattern.compile("(\\d{1,9})(-(\\d{1,9}))?");
  private static final int LAST_CPU = 8192;

  RunLimits {
    hosts = List.copyOf(hosts);
    ulimits = List.copyOf(ulimits);
  }

  /**
   * @throws BuildException for values that make no sense
   */
  static RunLimits parse(Map<String, String> options) {
    return new RunLimits(
        hosts(options.getOrDefault("add-hosts", "")),
        shmSize(options.getOrDefault("shm-size", "")),
        ulimits(options.getOrDefault("ulimit", "")),
        options.getOrDefault("cgroup-parent", ""),
        resources(options));
  }

  private static List<HostIP> hosts(String text) {
    var hosts = new ArrayList<HostIP>();
    for (var field : fields("additional hosts", text.toLowerCase(Locale.ROOT))) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.invalid(
            "failed to parse additional hosts: invalid key-value pair " + field);
      }
      var address = field.substring(equals + 1);
      if (!isAddress(address)) {
        throw BuildException.invalid(
            "failed to parse additional hosts: failed to parse IP " + address);
      }
      hosts.add(HostIP.newBuilder().setHost(field.substring(0, equals)).setIP(address).build());
    }
    return hosts;
  }

  private static List<String> fields(String what, String text) {
    try {
      return text.isEmpty() ? List.of() : CsvRecord.parse(text);
    } catch (IllegalArgumentException e) {
      throw BuildException.invalid("failed to parse " + what + ": " + BuildException.describe(e));
    }
  }

  private static boolean isAddress(String text) {
    if (!IPV4.matcher(text).matches() && (text.indexOf(':') < 0 || text.indexOf('%') >= 0)) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(text).getAddress().length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static long shmSize(String text) {
    return text.isEmpty() ? 0 : number(text, "failed to parse shm size: ");
  }

  private static long number(String text, String context) {
    if (!text.matches("[-+]?\\d+")) {
      throw BuildException.invalid(context + failure("ParseInt", text, "invalid syntax"));
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BuildException(
          ErrorCode.UNKNOWN, context + failure("ParseInt", text, "value out of range"), e);
    }
  }

  private static long unsigned(String text, String context) {
    if (!text.matches("[0-9]+")) {
      throw BuildException.invalid(context + failure("ParseUint", text, "invalid syntax"));
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      var message = context + failure("ParseUint", text, "value out of range");
      throw new BuildException(ErrorCode.UNKNOWN, message, e);
    }
  }

  private static String failure(String function, String text, String reason) {
    return "strconv.%s: parsing %s: %s".formatted(function, GoQuote.quote(text), reason);
  }

  private static List<Ulimit> ulimits(String text) {
    return fields("ulimit", text).stream().map(RunLimits::ulimit).toList();
  }

  private static Ulimit ulimit(String field) {
    var prefix = "failed to parse ulimit: ";
    int equals = field.indexOf('=');
    if (equals < 0) {
      throw BuildException.invalid(prefix + "invalid ulimit argument: " + field);
    }
    var name = field.substring(0, equals);
    if (!ULIMITS.contains(name)) {
      throw BuildException.invalid(prefix + "invalid ulimit type: " + name);
    }
    var values = field.substring(equals + 1).split(":", -1);
    if (values.length > 2) {
      throw BuildException.invalid(
          prefix
              + "too many limit value arguments - "
              + field.substring(equals + 1)
              + ", can only have up to two, `soft[:hard]`");
    }
    long soft = number(values[0], prefix);
    long hard = values.length > 1 ? number(values[1], prefix) : soft;
    var order = prefix + "ulimit soft limit must be less than or equal to hard limit: ";
    if (soft == -1 && hard != -1) {
      throw BuildException.invalid(order + "soft: -1 (unlimited), hard: " + hard);
    }
    if (hard != -1 && soft > hard) {
      throw BuildException.invalid(order + soft + " > " + hard);
    }
    return Ulimit.newBuilder().setName(name).setSoft(soft).setHard(hard).build();
  }

  private static Optional<LinuxResources> resources(Map<String, String> options) {
    var resources =
        LinuxResources.newBuilder()
            .setMemory(limit(options, "memory", false))
            .setMemorySwap(limit(options, "memswap", true))
            .setCpuShares(limit(options, "cpushares", false))
            .setCpuPeriod(limit(options, "cpuperiod", false))
            .setCpuQuota(limit(options, "cpuquota", false))
            .setCpusetCpus(cpus(options, "cpusetcpus"))
            .setCpusetMems(cpus(options, "cpusetmems"))
            .build();
    return resources.equals(LinuxResources.getDefaultInstance())
        ? Optional.empty()
        : Optional.of(resources);
  }

  private static final Set<String> UNSIGNED = Set.of("cpushares", "cpuperiod");

  private static long limit(Map<String, String> options, String key, boolean mayBeUnlimited) {
    var text = options.getOrDefault(key, "");
    if (text.isEmpty()) {
      return 0;
    }
    var prefix = "failed to parse resource limits: invalid %s value: %s: ".formatted(key, text);
    long value = UNSIGNED.contains(key) ? unsigned(text, prefix) : number(text, prefix);
    boolean valid =
        value > 0 || (UNSIGNED.contains(key) && value != 0) || (mayBeUnlimited && value == -1);
    if (!valid) {
      throw BuildException.invalid(
          prefix + (mayBeUnlimited ? "must be -1 (unlimited) or > 0" : "must be > 0"));
    }
    return value;
  }

  private static String cpus(Map<String, String> options, String key) {
    var text = options.getOrDefault(key, "");
    var prefix = "failed to parse resource limits: invalid %s value: %s: ".formatted(key, text);
    for (var element : text.isEmpty() ? List.<String>of() : List.of(text.split(",", -1))) {
      var quoted = GoQuote.quote(element);
      var match = CPUS.matcher(element);
      if (!match.matches()) {
        throw BuildException.invalid(prefix + "invalid cpuset element " + quoted);
      }
      int first = Integer.parseInt(match.group(1));
      boolean isRange = match.group(3) != null;
      int last = isRange ? Integer.parseInt(match.group(3)) : first;
      if (last < first) {
        throw BuildException.invalid(prefix + "invalid cpuset range " + quoted);
      }
      if (last > LAST_CPU) {
        throw BuildException.invalid(
            prefix
                + (isRange
                    ? "cpuset range " + quoted + " exceeds maximum 8192"
                    : "cpuset element " + quoted + " exceeds maximum 8192"));
      }
    }
    return text;
  }
}
