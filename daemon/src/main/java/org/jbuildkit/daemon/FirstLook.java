package org.jbuildkit.daemon;

import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.executor.RuntimeAdvice;
import org.jbuildkit.executor.platform.RunnablePlatforms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at once for what takes its time to find out, so that nobody waits for it later. */
final class FirstLook {
  private static final Logger LOG = LoggerFactory.getLogger(FirstLook.class);

  private FirstLook() {}

  /** The caller closes it: it has files below the root. */
  static Background start(RunnablePlatforms platforms, RuntimeAdvice advice) {
    return Background.start("first look", () -> look(platforms, advice));
  }

  private static void look(RunnablePlatforms platforms, RuntimeAdvice advice)
      throws InterruptedException {
    try {
      var _ = advice.warning();
      var _ = platforms.runnable();
    } catch (IOException e) {
      LOG.warn("can't find out what runs here: {}", BuildException.describe(e));
    }
  }
}
