package org.jbuildkit.engine.history;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The time between a build's end and the end of its record's making. */
final class Finalizer {
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  /** Asks for the end now. */
  void request() {
    wanted.countDown();
  }

  void awaitDone() throws InterruptedException {
    done.await();
  }

  boolean awaitDone(Duration time) throws InterruptedException {
    return done.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits until somebody asks, or for this long. */
  void awaitRequest(Duration time) throws InterruptedException {
    var _ = wanted.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  void complete() {
    done.countDown();
  }
}
