package org.jbuildkit.oci;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which platforms do for a wanted one, best first: an arm64 machine also runs arm v7, an amd64 v3
 * one also v2.
 */
public final class PlatformMatcher {
  private final List<Platform> wanted;

  private PlatformMatcher(List<Platform> wanted) {
    this.wanted = List.copyOf(wanted);
  }

  /** Takes the platform and what runs on it too. */
  public static PlatformMatcher only(Platform platform) {
    return new PlatformMatcher(compatible(platform.normalized()));
  }

  /** Takes exactly this platform. */
  public static PlatformMatcher strict(Platform platform) {
    return new PlatformMatcher(List.of(platform.normalized()));
  }

  /** Takes any of these, in this order of preference, and what runs on them. */
  public static PlatformMatcher ordered(List<Platform> platforms) {
    var all = new ArrayList<Platform>();
    platforms.forEach(platform -> all.addAll(compatible(platform.normalized())));
    return new PlatformMatcher(all);
  }

  private static List<Platform> compatible(Platform platform) {
    var all = new ArrayList<Platform>();
    all.add(platform);
    switch (platform.architecture()) {
      case "amd64" -> {
        for (int v = version(platform.variant(), 1) - 1; v >= 1; v--) {
          all.add(with(platform, "amd64", "v" + v));
        }
        all.add(with(platform, "386", ""));
      }
      case "arm" -> addArm(all, platform, version(platform.variant(), 7) - 1);
      case "arm64" -> {
        for (int v = version(platform.variant(), 8) - 1; v >= 8; v--) {
          all.add(with(platform, "arm64", "v" + v));
        }
        addArm(all, platform, 8);
      }
      default -> {}
    }
    return all;
  }

  private static void addArm(List<Platform> all, Platform platform, int highest) {
    for (int v = highest; v >= 5; v--) {
      all.add(with(platform, "arm", "v" + v));
    }
  }

  private static Platform with(Platform platform, String architecture, String variant) {
    return new Platform(
            platform.os(), architecture, variant, platform.osVersion(), platform.osFeatures())
        .normalized();
  }

  /** The major number of {@code v8} or {@code v9.2}. */
  private static int version(String variant, int missing) {
    return variant.matches("v[0-9]{1,2}(\\.[0-9]+)?")
        ? Integer.parseInt(variant.substring(1).split("\\.", 2)[0])
        : missing;
  }

  public boolean matches(Platform offered) {
    return rank(offered).isPresent();
  }

  /** How well this does: 0 is best; empty if it does not. */
  public Optional<Integer> rank(Platform offered) {
    var normal = offered.normalized();
    for (int i = 0; i < wanted.size(); i++) {
      if (matches(wanted.get(i), normal)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private static boolean matches(Platform wanted, Platform offered) {
    return wanted.matches(offered)
        && (!wanted.os().equals("windows") || matchesBuild(wanted.osVersion(), offered.osVersion()))
        && (wanted.os().equals("windows")
            || new HashSet<>(wanted.osFeatures()).containsAll(offered.osFeatures()));
  }

  /** Windows images run where major, minor and build number agree. */
  private static boolean matchesBuild(String wanted, String offered) {
    return wanted.isEmpty() || offered.isEmpty() || build(wanted).equals(build(offered));
  }

  private static List<String> build(String version) {
    return List.of(version.split("\\.", -1)).stream().limit(3).toList();
  }

  /** The best of what is offered; the first of equals. Those without a platform are left out. */
  public <T> Optional<T> best(Collection<T> offered, Function<T, Optional<Platform>> platform) {
    Optional<T> best = Optional.empty();
    int bestRank = Integer.MAX_VALUE;
    for (var one : offered) {
      var rank = platform.apply(one).flatMap(this::rank);
      if (rank.isPresent() && rank.get() < bestRank) {
        best = Optional.of(one);
        bestRank = rank.get();
      }
    }
    return best;
  }
}
