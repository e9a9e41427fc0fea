package org.jbuildkit.daemon;

import java.io.IOException;
import java.time.Duration;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.store.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes what builds left durable, now and then and at the end. */
final class CheckpointTimer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointTimer.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /** A disk that takes longer is not waited for: only the last builds are then not relied on. */
  private static final Duration END_TIME = Duration.ofSeconds(5);

  private final Checkpoints checkpoints;
  private final Thread thread;

  private CheckpointTimer(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
    // Writing to the disk holds its thread.
    this.thread = Thread.ofPlatform().daemon().name("checkpoints").unstarted(this::run);
  }

  static CheckpointTimer start(Checkpoints checkpoints) {
    var timer = new CheckpointTimer(checkpoints);
    timer.thread.start();
    return timer;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        checkpoint(checkpoints::run);
      }
    } catch (InterruptedException _) {
      checkpoint(checkpoints::close);
    }
  }

  private static void checkpoint(Checkpoints.FileSync checkpoint) {
    try {
      checkpoint.run();
    } catch (IOException e) {
      LOG.warn("can't make the store durable: {}", BuildException.describe(e));
    }
  }

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
