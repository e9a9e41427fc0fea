package org.jbuildkit.session;

import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a session now and then whether it is alive and closes it when it does not answer. */
final class HealthMonitor implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration MIN_TIMEOUT = Duration.ofSeconds(15);

  private final Thread thread;

  private HealthMonitor(Thread thread) {
    this.thread = thread;
  }

  /**
   * @param custom interval and timeout of a session that wants its own; its first failure is fatal
   */
  static HealthMonitor start(Session session, Optional<Duration> custom) {
    return new HealthMonitor(
        Thread.ofVirtual().name("session-health").start(() -> watch(session, custom)));
  }

  private static void watch(Session session, Optional<Duration> custom) {
    int allowed = custom.isPresent() ? 0 : 1;
    int failures = 0;
    var timeout = custom.orElse(MIN_TIMEOUT);
    try {
      while (!session.isClosed()) {
        Thread.sleep(custom.orElse(INTERVAL));
        long start = System.nanoTime();
        failures = isAlive(session, timeout) ? 0 : failures + 1;
        if (failures > allowed) {
          session.close();
          return;
        }
        if (custom.isEmpty()) {
          long last = (System.nanoTime() - start) * 3 / 2;
          timeout = Duration.ofNanos(Math.max(MIN_TIMEOUT.toNanos(), last));
        }
      }
    } catch (InterruptedException _) {
      // The session has ended.
    }
  }

  private static boolean isAlive(Session session, Duration timeout) {
    try {
      HealthGrpc.newBlockingStub(session.channel())
          .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .check(HealthCheckRequest.getDefaultInstance());
      return true;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
