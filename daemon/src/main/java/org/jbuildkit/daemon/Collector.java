package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.daemon.config.GcRule;
import org.jbuildkit.daemon.config.Space;
import org.jbuildkit.linux.FileSystemSpace;
import org.jbuildkit.protocol.worker.GCPolicy;
import org.jbuildkit.store.PrunePolicy;
import org.jbuildkit.store.Pruner;
import org.jbuildkit.store.UsageFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes records as the rules say: some time after the start and after each build, and never twice
 * within a minute.
 */
final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final ArrayBlockingQueue<Boolean> wanted = new ArrayBlockingQueue<>(1);
  private final Pruner pruner;
  private final List<PrunePolicy> policies;
  private final Duration delay;
  private final Duration pause;
  private final Background work;

  private Collector(Pruner pruner, List<PrunePolicy> policies, Duration delay, Duration pause) {
    this.pruner = pruner;
    this.policies = List.copyOf(policies);
    this.delay = delay;
    this.pause = pause;
    this.work = Background.start("collector", this::run);
  }

  static Collector start(Pruner pruner, List<PrunePolicy> policies) {
    return start(pruner, policies, DELAY, PAUSE);
  }

  static Collector start(
      Pruner pruner, List<PrunePolicy> policies, Duration delay, Duration pause) {
    var collector = new Collector(pruner, policies, delay, pause);
    collector.request();
    return collector;
  }

  /** Asks for a run; one that is asked for already serves as well. */
  void request() {
    var _ = wanted.offer(true);
  }

  private void run() throws InterruptedException {
    while (true) {
      var _ = wanted.take();
      Thread.sleep(delay);
      collect();
      Thread.sleep(pause.minus(delay));
    }
  }

  private void collect() throws InterruptedException {
    if (policies.isEmpty()) {
      return;
    }
    var freed = new long[1];
    try {
      pruner.prune(policies, record -> freed[0] += record.size());
    } catch (IOException | RuntimeException e) {
      LOG.error("gc error: {}", BuildException.describe(e), e);
    }
    if (freed[0] > 0) {
      LOG.debug("gc cleaned up {} bytes", freed[0]);
    }
  }

  /** The size of the disk that a folder is on, if it can be told. */
  static OptionalLong diskSize(Path folder) {
    try {
      return OptionalLong.of(FileSystemSpace.of(folder.toString()).totalBytes());
    } catch (IOException e) {
      LOG.warn("can't tell the size of the disk: {}", BuildException.describe(e));
      return OptionalLong.empty();
    }
  }

  /** Rules as clients are told of them, parts of the disk as bytes. */
  static List<GCPolicy> describe(List<GcRule> rules, OptionalLong diskSize) {
    return rules.stream()
        .map(rule ->
            GCPolicy.newBuilder()
                .setAll(rule.isAll())
                .addAllFilters(rule.filters())
                .setKeepDuration(rule.keepDuration().toNanos())
                .setReservedSpace(bytes(rule.reserved(), diskSize))
                .setMaxUsedSpace(bytes(rule.maxUsed(), diskSize))
                .setMinFreeSpace(bytes(rule.minFree(), diskSize))
                .build())
        .toList();
  }

  private static long bytes(Optional<Space> space, OptionalLong diskSize) {
    return space.map(amount -> amount.on(diskSize)).orElse(0L);
  }

  /** Rules as the store applies them. */
  static List<PrunePolicy> policies(List<GCPolicy> rules) {
    return rules.stream()
        .map(rule ->
            new PrunePolicy(
                UsageFilter.parse(rule.getFiltersList()),
                rule.getAll(),
                Duration.ofNanos(rule.getKeepDuration()),
                rule.getReservedSpace(),
                rule.getMaxUsedSpace(),
                rule.getMinFreeSpace()))
        .toList();
  }

  /** Ends a run between two records, and waits for that. */
  @Override
  public void close() {
    work.close();
  }
}
