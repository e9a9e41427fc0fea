package org.jbuildkit.daemon;

import java.time.Duration;

/** Work of the daemon itself, beside its calls; ends when it is closed. */
final class Background implements AutoCloseable {
  private static final Duration END_TIME = Duration.ofSeconds(10);

  private final Thread thread;

  private Background(Thread thread) {
    this.thread = thread;
  }

  /** Work that is told by an interrupt to end. */
  @FunctionalInterface
  interface Body {
    void run() throws InterruptedException;
  }

  static Background start(String name, Body body) {
    return new Background(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                body.run();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  /** Ends the work, and waits some seconds for that: it may have files below the root. */
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
