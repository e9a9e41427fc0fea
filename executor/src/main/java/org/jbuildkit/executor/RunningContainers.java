package org.jbuildkit.executor;

import java.util.HashSet;
import java.util.Set;

/** The threads that wait for a container each; once closed it lets no more begin. */
final class RunningContainers {
  private final Set<Thread> waiting = new HashSet<>();
  private boolean closed;

  synchronized void enter() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("the executor is closed");
    }
    waiting.add(Thread.currentThread());
  }

  synchronized void leave() {
    waiting.remove(Thread.currentThread());
    notifyAll();
  }

  /** Interrupts all and waits until none is left, or until the time is over. */
  synchronized void end(long millis) throws InterruptedException {
    closed = true;
    waiting.forEach(Thread::interrupt);
    long until = System.nanoTime() + millis * 1_000_000;
    while (!waiting.isEmpty()) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
