package org.jbuildkit.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is removed without being asked for.
 *
 * @param isEnabled whether anything is
 * @param rules given by the user; if there are some, the amounts count for nothing
 * @param limit of all that is kept, which nothing may break
 */
public record GcConfig(
    boolean isEnabled,
    List<GcRule> rules,
    Optional<Space> reserved,
    Optional<Space> maxUsed,
    Optional<Space> minFree,
    Optional<Space> limit) {
  private static final long MAX_RESERVED = 10_000_000_000L;
  private static final long MAX_USED = 100_000_000_000L;
  private static final Duration CONTEXTS = Duration.ofDays(2);
  private static final Duration UNUSED = Duration.ofDays(60);
  private static final Optional<Space> CONTEXTS_SPACE = Optional.of(new Space.Bytes(512_000_000));
  private static final List<String> CONTEXT_TYPES =
      List.of("type==source.local", "type==exec.cachemount", "type==source.git.checkout");

  static final GcConfig DEFAULT =
      new GcConfig(
          true, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public GcConfig {
    rules = List.copyOf(rules);
  }

  /**
   * The rules in the order in which they apply.
   *
   * @param diskSize of the file system that holds the root; empty if it is unknown
   */
  public List<GcRule> effective(OptionalLong diskSize) {
    if (!isEnabled) {
      return List.of();
    }
    if (!rules.isEmpty()) {
      return rules;
    }
    if (reserved.isPresent() || maxUsed.isPresent() || minFree.isPresent()) {
      return standard(reserved, maxUsed, minFree);
    }
    return standard(
        preset(10, MAX_RESERVED, diskSize),
        preset(80, MAX_USED, diskSize),
        preset(20, Long.MAX_VALUE, diskSize));
  }

  private static Optional<Space> preset(long percent, long most, OptionalLong diskSize) {
    return Optional.of(new Space.Bytes(Math.min(most, new Space.Percent(percent).on(diskSize))));
  }

  private static List<GcRule> standard(
      Optional<Space> reserved, Optional<Space> maxUsed, Optional<Space> minFree) {
    var rules = new ArrayList<GcRule>();
    rules.add(
        new GcRule(
            false, CONTEXT_TYPES, CONTEXTS, Optional.empty(), CONTEXTS_SPACE, Optional.empty()));
    rules.add(new GcRule(false, List.of(), UNUSED, reserved, maxUsed, minFree));
    rules.add(new GcRule(false, List.of(), Duration.ZERO, reserved, maxUsed, minFree));
    rules.add(new GcRule(true, List.of(), Duration.ZERO, reserved, maxUsed, minFree));
    return rules;
  }
}
