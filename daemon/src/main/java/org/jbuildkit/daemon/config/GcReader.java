package org.jbuildkit.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.jbuildkit.base.BuildException;

/** Reads the settings of automatic collection. */
final class GcReader {
  private static final String FLAG = "oci-worker-gc-keepstorage";
  private static final long MEGABYTE = 1_000_000;

  private GcReader() {}

  static GcConfig read(Settings oci) {
    var file = oci.file();
    boolean enabled =
        oci.flags().isSet("oci-worker-gc")
            ? oci.flags().flag("oci-worker-gc")
            : file.flag("gc").orElse(true);
    var rules = new ArrayList<GcRule>();
    for (var section : file.sections("gcpolicy")) {
      rules.add(rule(section));
    }
    var reserved = file.space("reservedSpace");
    var maxUsed = file.space("maxUsedSpace");
    var minFree = file.space("minFreeSpace");
    var legacy = file.space("gckeepstorage");
    if (reserved.isEmpty() && maxUsed.isEmpty() && minFree.isEmpty()) {
      reserved = legacy;
    }
    if (oci.flags().isSet(FLAG)) {
      var given = oci.flags().text(FLAG);
      var parts = given.split(",", 3);
      reserved = Optional.of(megabytes(parts[0], "storage", given));
      minFree =
          parts.length > 1 ? Optional.of(megabytes(parts[1], "free storage", given)) : minFree;
      maxUsed = parts.length > 2 ? Optional.of(megabytes(parts[2], "max storage", given)) : maxUsed;
    }
    return new GcConfig(enabled, rules, reserved, maxUsed, minFree, file.space("maxDiskUsage"));
  }

  private static GcRule rule(TomlSection section) {
    var legacy = section.space("keepBytes");
    return new GcRule(
        section.flag("all").orElse(false),
        section.texts("filters"),
        section.duration("keepDuration").orElse(Duration.ZERO),
        section.space("reservedSpace").or(() -> legacy),
        section.space("maxUsedSpace"),
        section.space("minFreeSpace"));
  }

  private static Space megabytes(String part, String what, String given) {
    if (!part.matches("[+-]?[0-9]{1,12}")) {
      throw BuildException.invalid(
          "failed to parse %s \"%s\": strconv.ParseInt: parsing \"%s\": invalid syntax"
              .formatted(what, given, part));
    }
    return new Space.Bytes(Long.parseLong(part) * MEGABYTE);
  }
}
