package org.jbuildkit.daemon;

import java.io.IOException;
import java.time.Duration;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.executor.RuntimeAdvice;
import org.jbuildkit.executor.platform.RunnablePlatforms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at once for what takes its time to find out, so that nobody waits for it later. */
final class FirstLook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FirstLook.class);
  private static final Duration END_TIME = Duration.ofSeconds(5);

  private final Thread thread;

  private FirstLook(RunnablePlatforms platforms, RuntimeAdvice advice) {
    this.thread = Thread.ofVirtual().name("first look").unstarted(() -> look(platforms, advice));
  }

  static FirstLook start(RunnablePlatforms platforms, RuntimeAdvice advice) {
    var look = new FirstLook(platforms, advice);
    look.thread.start();
    return look;
  }

  private static void look(RunnablePlatforms platforms, RuntimeAdvice advice) {
    try {
      var _ = advice.warning();
      var _ = platforms.runnable();
    } catch (IOException e) {
      LOG.warn("can't find out what runs here: {}", BuildException.describe(e));
    } catch (InterruptedException _) {
      // The daemon ends.
    }
  }

  /** Ends the look and waits for that: it has files below the root. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      var _ = thread.join(END_TIME);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
