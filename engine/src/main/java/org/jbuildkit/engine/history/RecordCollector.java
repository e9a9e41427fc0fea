package org.jbuildkit.engine.history;

import java.time.Duration;

/** Does something at once and then again and again, until it is closed. */
final class RecordCollector implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMinutes(2);
  private static final Duration END_TIME = Duration.ofSeconds(5);

  private final Runnable collect;
  private final Thread thread;

  RecordCollector(Runnable collect) {
    this.collect = collect;
    this.thread = Thread.ofVirtual().name("history").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        collect.run();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
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
