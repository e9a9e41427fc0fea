package org.jbuildkit.executor.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.oci.Platform;

/**
 * The micro-architecture levels of x86-64 that this machine has, as its psABI defines them, in the
 * names that Linux has for a processor's features.
 */
final class CpuLevels {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final List<Set<String>> NEEDED =
      List.of(
          Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
          Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
          Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

  private CpuLevels() {}

  /** The platforms beside the native one whose programs run here without emulation. */
  static List<Platform> beside(Platform host) throws IOException {
    if (!host.architecture().equals("amd64") || !Files.isReadable(PROCESSORS)) {
      return List.of();
    }
    var levels = new ArrayList<Platform>();
    for (var variant : variants(Files.readString(PROCESSORS, StandardCharsets.UTF_8))) {
      levels.add(new Platform(host.os(), host.architecture(), variant, "", List.of()));
    }
    return levels;
  }

  /** Ascending names of the levels, without the first, which every processor has. */
  static List<String> variants(String processors) {
    var features = new HashSet<String>();
    processors
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .ifPresent(line -> {
          var words = line.substring(line.indexOf(':') + 1).trim();
          features.addAll(List.of(words.split("\\s+", -1)));
        });
    var variants = new ArrayList<String>();
    for (var needed : NEEDED) {
      if (!features.containsAll(needed)) {
        break;
      }
      variants.add("v" + (variants.size() + 2));
    }
    return variants;
  }
}
