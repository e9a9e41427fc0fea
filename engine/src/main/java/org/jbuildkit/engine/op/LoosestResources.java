package org.jbuildkit.engine.op;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Optional;
import org.jbuildkit.protocol.pb.LinuxResources;

/**
 * The limits of a vertex that several builds want with different ones: at each limit the loosest.
 */
final class LoosestResources {
  private static final int MAX_CPUS = 1 << 13;

  private LoosestResources() {}

  static Optional<LinuxResources> of(Optional<LinuxResources> one, Optional<LinuxResources> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return Optional.of(of(one.get(), other.get()));
  }

  private static LinuxResources of(LinuxResources one, LinuxResources other) {
    var faster = isBandwidthOf(one, other) ? one : other;
    boolean bothUnlimited = one.getCpuQuota() == 0 && other.getCpuQuota() == 0;
    return LinuxResources.newBuilder()
        .setMemory(zeroOrMost(one.getMemory(), other.getMemory()))
        .setMemorySwap(swap(one.getMemorySwap(), other.getMemorySwap()))
        .setCpuShares(setOrMost(one.getCpuShares(), other.getCpuShares()))
        .setCpuQuota(faster.getCpuQuota())
        .setCpuPeriod(bothUnlimited ? 0 : faster.getCpuPeriod())
        .setCpusetCpus(union(one.getCpusetCpus(), other.getCpusetCpus()))
        .setCpusetMems(union(one.getCpusetMems(), other.getCpusetMems()))
        .build();
  }

  private static long zeroOrMost(long one, long other) {
    return one == 0 || other == 0 ? 0 : Math.max(one, other);
  }

  private static long setOrMost(long one, long other) {
    return one == 0 || other == 0 ? one + other : Math.max(one, other);
  }

  private static long swap(long one, long other) {
    return one == -1 || other == -1 ? -1 : setOrMost(one, other);
  }

  /** Whether the first is at least as loose: it has no quota, or more time in a period. */
  private static boolean isBandwidthOf(LinuxResources one, LinuxResources other) {
    long quota = one.getCpuQuota();
    long otherQuota = other.getCpuQuota();
    if (quota == 0 || otherQuota == 0) {
      return quota == 0;
    }
    long period = one.getCpuPeriod();
    long otherPeriod = other.getCpuPeriod();
    if (period == 0 || otherPeriod == 0) {
      return quota != otherQuota ? quota > otherQuota : period != 0;
    }
    int ratio = Double.compare((double) quota / period, (double) otherQuota / otherPeriod);
    return ratio != 0 ? ratio > 0 : period <= otherPeriod;
  }

  private static String union(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return "";
    }
    var set = parse(one);
    var more = parse(other);
    if (set.isEmpty() || more.isEmpty()) {
      return set.or(() -> more).map(LoosestResources::ranges).orElse("");
    }
    set.get().or(more.get());
    return ranges(set.get());
  }

  /** The members of a list like {@code 0-3,7}; nothing for what is none. */
  private static Optional<BitSet> parse(String text) {
    var set = new BitSet();
    for (var range : text.split(",", -1)) {
      var ends = range.split("-", -1);
      try {
        int first = Integer.parseInt(ends[0].strip());
        int last = Integer.parseInt(ends[ends.length - 1].strip());
        if (ends.length > 2 || first < 0 || last < first || last >= MAX_CPUS) {
          return Optional.empty();
        }
        set.set(first, last + 1);
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
    return Optional.of(set);
  }

  private static String ranges(BitSet set) {
    var ranges = new ArrayList<String>();
    for (int first = set.nextSetBit(0); first >= 0; ) {
      int last = set.nextClearBit(first) - 1;
      ranges.add(first == last ? Integer.toString(first) : first + "-" + last);
      first = set.nextSetBit(last + 1);
    }
    return String.join(",", ranges);
  }
}
