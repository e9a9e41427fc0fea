package org.jbuildkit.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * How a daemon process ends, as BuildKit's does: the first signal lets calls in progress come to
 * their end, the third ends the process at once, and a process that ends by signal has failed.
 */
final class OrderlyEnd {
  private static final Logger LOG = LoggerFactory.getLogger(OrderlyEnd.class);
  private static final long UNLIMITED_SECONDS = Duration.ofDays(365).toSeconds();
  private static final long GRACE_SECONDS = 10;
  private static final int FORCED = 3;

  private final Daemon daemon;
  private final Optional<Path> instance;
  private final ServiceManager manager;
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();

  /**
   * @param instance the file that tells of the daemon, which goes with it
   * @param manager is told that the end has begun
   */
  OrderlyEnd(Daemon daemon, Optional<Path> instance, ServiceManager manager) {
    this.daemon = daemon;
    this.instance = instance;
    this.manager = manager;
  }

  /** Takes over the signals that ask for an end. */
  void listen() {
    for (var name : new String[] {"TERM", "INT"}) {
      var _ = Signal.handle(new Signal(name), _ -> signalled());
    }
    // For ends that come in other ways, such as a terminal that goes away.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(GRACE_SECONDS)));
  }

  private void signalled() {
    switch (signals.incrementAndGet()) {
      case 1 -> {
        LOG.info("stopping server");
        manager.stopping();
        wanted.countDown();
      }
      case FORCED -> {
        LOG.error("got 3 SIGTERM/SIGINTs, forcibly terminating");
        Runtime.getRuntime().halt(1);
      }
      default -> {}
    }
  }

  /**
   * Returns once the daemon has ended.
   *
   * @param idleTimeout how long it lives without clients; zero for ever
   * @return the process's exit status
   */
  int await(Duration idleTimeout) throws InterruptedException {
    if (!idleTimeout.isZero()) {
      Thread.ofVirtual().name("idle").start(() -> awaitIdle(idleTimeout));
    }
    wanted.await();
    end(UNLIMITED_SECONDS);
    if (signals.get() == 0) {
      return 0;
    }
    System.err.println("buildkitd: got SIGTERM/SIGINT, forcing shutdown");
    return 1;
  }

  private void awaitIdle(Duration timeout) {
    try {
      daemon.awaitIdle(timeout);
      LOG.info("nobody has been connected for {}: stopping", timeout);
      wanted.countDown();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(long graceSeconds) {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    try {
      daemon.stop(graceSeconds);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      instance.ifPresent(InstanceFile::delete);
      daemon.close();
    }
  }
}
