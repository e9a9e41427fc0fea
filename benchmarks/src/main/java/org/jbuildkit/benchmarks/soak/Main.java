package org.jbuildkit.benchmarks.soak;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.DiskUsageRequest;
import org.jbuildkit.protocol.control.PruneRequest;
import org.jbuildkit.protocol.control.UsageRecord;

/**
 * {@code ADDRESS PID SHELL MINUTES BUILDERS PICTURE}: builds graphs with some builders at once and
 * prunes now and then; prints a line a minute and makes a picture at the end. Exits with 1 if any
 * result was wrong.
 */
public final class Main {
  /** Seeds repeat: about every second build is partly or wholly cached. */
  private static final int RECENT = 40;

  private final DaemonConnection connection;
  private final byte[] shell;
  private final long end;

  /** Builders share it; the sampler has it alone, so that it sees what stays between builds. */
  private final ReentrantReadWriteLock pause = new ReentrantReadWriteLock(true);

  private final AtomicLong builds = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();

  private Main(DaemonConnection connection, byte[] shell, Duration length) {
    this.connection = connection;
    this.shell = shell;
    this.end = System.nanoTime() + length.toNanos();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 6) {
      System.err.println("usage: ADDRESS PID SHELL MINUTES BUILDERS PICTURE");
      System.exit(2);
    }
    var length = Duration.ofSeconds((long) (Double.parseDouble(args[3]) * 60));
    try (var connection = DaemonConnection.open(args[0], TlsFiles.NONE)) {
      var soak = new Main(connection, Files.readAllBytes(Path.of(args[2])), length);
      soak.run(Integer.parseInt(args[4]), Long.parseLong(args[1]), length, Path.of(args[5]));
      System.exit(soak.wrong.get() == 0 ? 0 : 1);
    }
  }

  private void run(int builders, long pid, Duration length, Path picture)
      throws IOException, InterruptedException {
    var samples = new ArrayList<Sample>();
    try (var scope = TaskScope.open()) {
      for (int i = 0; i < builders; i++) {
        long first = System.nanoTime() + i;
        scope.fork(() -> build(new Random(first)));
      }
      scope.fork(this::prune);
      scope.fork(() -> sample(pid, length, samples));
      scope.join();
    }
    var title =
        "%d builders, %d minutes: %d builds, %d wrong, %d cancelled"
            .formatted(builders, length.toMinutes(), builds.get(), wrong.get(), cancelled.get());
    System.out.println(title);
    new Plot(samples, title).write(picture);
  }

  private boolean isOver() {
    return System.nanoTime() > end;
  }

  private Boolean build(Random random) throws IOException, InterruptedException {
    var builder = new Builder(connection);
    while (!isOver()) {
      long now = System.currentTimeMillis() / 2000;
      long seed = now - random.nextInt(RECENT);
      pause.readLock().lock();
      try {
        if (random.nextInt(20) == 0) {
          cancel(builder, seed, random.nextInt(300));
        } else {
          check(builder, seed);
        }
      } finally {
        pause.readLock().unlock();
      }
    }
    return true;
  }

  private void check(Builder builder, long seed) throws IOException, InterruptedException {
    var tree = RandomGraph.of(seed, shell);
    try {
      var files = builder.build(tree);
      if (!files.equals(tree.whole().set())) {
        wrong.incrementAndGet();
        System.out.printf("seed %d: %s instead of %s%n", seed, files, tree.whole().set());
      }
    } catch (BuildException | StatusRuntimeException e) {
      wrong.incrementAndGet();
      System.out.printf("seed %d: %s%n", seed, e);
    }
    builds.incrementAndGet();
  }

  /** A client that goes away. */
  private void cancel(Builder builder, long seed, int milliseconds) throws InterruptedException {
    var tree = RandomGraph.of(seed, shell);
    var client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                var _ = builder.build(tree);
              } catch (IOException | InterruptedException | RuntimeException e) {
                cancelled.incrementAndGet();
              }
            });
    Thread.sleep(milliseconds);
    client.interrupt();
    client.join();
  }

  private Boolean prune() throws InterruptedException {
    var random = new Random();
    while (!isOver()) {
      Thread.sleep(5000 + random.nextInt(20_000));
      connection
          .control()
          .prune(PruneRequest.newBuilder().setAll(random.nextBoolean()).build())
          .forEachRemaining(_ -> {});
    }
    return true;
  }

  private Sample betweenBuilds(double minute, long pid) throws IOException, InterruptedException {
    pause.writeLock().lockInterruptibly();
    try {
      // Builds that were given up end a little later than their clients, and traces come last.
      Thread.sleep(5000);
      checkNothingIsUsed();
      return Sample.take(minute, pid);
    } finally {
      pause.writeLock().unlock();
    }
  }

  private void checkNothingIsUsed() {
    var usage = connection.control().diskUsage(DiskUsageRequest.getDefaultInstance());
    var used = usage.getRecordList().stream().filter(UsageRecord::getInUse).toList();
    if (!used.isEmpty()) {
      wrong.incrementAndGet();
      System.out.printf("no build runs, and in use are %s%n", used);
    }
  }

  private Boolean sample(long pid, Duration length, List<Sample> samples)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!isOver()) {
      var passed = Duration.ofNanos(System.nanoTime() - start);
      var sample = betweenBuilds(passed.toMillis() / 60_000.0, pid);
      samples.add(sample);
      System.out.printf(
          "%.1f min: heap %.1f MB, %d descriptors, %d threads, %d builds, %d wrong%n",
          sample.minute(),
          sample.heap() / 1e6,
          sample.descriptors(),
          sample.threads(),
          builds.get(),
          wrong.get());
      Thread.sleep(Math.min(60_000, length.toMillis() / 20));
    }
    return true;
  }
}
