package org.jbuildkit.executor.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.oci.Platform;

/**
 * The platforms whose programs the kernel runs, natively or with registered interpreters. They are
 * looked for when somebody asks, but not again within a while; what was found once stays. The lock
 * guards the lists, and is held while programs are tried.
 */
public final class RunnablePlatforms {
  private final PlatformProbe probe;
  private final Platform host;
  private final Duration maxAge;
  private final Clock clock;
  private final List<Platform> configured;
  private final LinkedHashSet<Platform> found = new LinkedHashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private Instant scanned = Instant.MIN;

  /**
   * @param folder of our own, for programs that are tried; made if it is missing
   * @param configured what is told of instead of what was found at first
   * @param maxAge how long nothing is looked for again; negative for ever
   */
  public RunnablePlatforms(Path folder, List<Platform> configured, Duration maxAge, Clock clock)
      throws IOException {
    this.probe = new PlatformProbe(Files.createDirectories(folder));
    this.host = Platform.host();
    this.configured = List.copyOf(configured);
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** What clients are told, the native one first unless something else is configured. */
  public List<Platform> told() throws IOException, InterruptedException {
    var all = new LinkedHashSet<>(configured);
    all.addAll(runnable());
    return List.copyOf(all);
  }

  /** What runs without an emulator of ours. */
  public List<Platform> runnable() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (isDue()) {
        found.addAll(scan());
        scanned = clock.instant();
      }
      return List.copyOf(found);
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    if (scanned.equals(Instant.MIN)) {
      return true;
    }
    return !maxAge.isNegative() && !clock.instant().isBefore(scanned.plus(maxAge));
  }

  private List<Platform> scan() throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of(host));
    all.addAll(CpuLevels.beside(host));
    for (var program : ProbeProgram.ALL) {
      if (!program.architecture().equals(host.architecture())) {
        addIfRunning(all, program);
      }
    }
    if (host.architecture().equals("arm") && host.variant().isEmpty()) {
      all.add(platform("arm", "v6"));
    }
    return all;
  }

  private void addIfRunning(List<Platform> all, ProbeProgram program)
      throws IOException, InterruptedException {
    var status = probe.run(program);
    if (!isAnswer(program, status)) {
      return;
    }
    switch (program.architecture()) {
      case "arm" -> {
        all.add(platform("arm", "v7"));
        all.add(platform("arm", "v6"));
      }
      case "amd64" -> {
        all.add(platform("amd64", ""));
        if (status.getAsInt() > program.status()) {
          all.add(platform("amd64", "v2"));
        }
      }
      case String other -> all.add(platform(other, ""));
    }
  }

  private static boolean isAnswer(ProbeProgram program, OptionalInt status) {
    return status.isPresent()
        && (status.getAsInt() == program.status()
            || (program.architecture().equals("amd64")
                && status.getAsInt() == program.status() + 1));
  }

  private Platform platform(String architecture, String variant) {
    return new Platform(host.os(), architecture, variant).normalized();
  }
}
