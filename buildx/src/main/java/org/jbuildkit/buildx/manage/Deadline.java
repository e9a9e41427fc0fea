package org.jbuildkit.buildx.manage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;

/** The time that {@code --timeout} gives to questions to daemons; zero is no limit. */
record Deadline(Duration time) {

  static Deadline of(Invocation flags) {
    return new Deadline(Duration.ofNanos(GoValues.parseDuration(flags.text("timeout")).orElse(0)));
  }

  /** Work that asks daemons. */
  @FunctionalInterface
  interface Work<T> extends Callable<T> {
    @Override
    T call() throws IOException, InterruptedException;
  }

  /**
   * Does the work, which is interrupted when its time is over.
   *
   * @throws BuildException {@link ErrorCode#DEADLINE_EXCEEDED}
   */
  <T> T within(Work<T> work) throws IOException, InterruptedException {
    if (!time.isPositive()) {
      return work.call();
    }
    var expired = new AtomicBoolean();
    var worker = Thread.currentThread();
    var watch =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(time);
                expired.set(true);
                worker.interrupt();
              } catch (InterruptedException _) {
                // The work was done in time.
              }
            });
    try {
      return work.call();
    } catch (InterruptedException | RuntimeException e) {
      if (expired.get()) {
        throw new BuildException(ErrorCode.DEADLINE_EXCEEDED, "context deadline exceeded", e);
      }
      throw e;
    } finally {
      watch.interrupt();
      if (expired.get()) {
        var _ = Thread.interrupted();
      }
    }
  }
}
