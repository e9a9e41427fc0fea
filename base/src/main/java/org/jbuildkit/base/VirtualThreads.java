package org.jbuildkit.base;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tasks on virtual threads, gates on the JDK's locks. */
record VirtualThreads() implements Threads {
  static final VirtualThreads INSTANCE = new VirtualThreads();

  @Override
  public Running start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body)::interrupt;
  }

  @Override
  public Gate gate() {
    return new LockGate();
  }

  private static final class LockGate implements Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @Override
    public void lock() {
      lock.lock();
    }

    @Override
    public void unlock() {
      lock.unlock();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    public void await() throws InterruptedException {
      changed.await();
    }

    @Override
    public void signalAll() {
      changed.signalAll();
    }
  }
}
