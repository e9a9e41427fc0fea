package org.jbuildkit.sources.git;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Locks by name, each there while somebody uses it. */
final class RemoteLocks {
  private final Map<String, Lock> locks = new HashMap<>();

  /** One name's lock, held until it is closed by the thread that took it. */
  final class Held implements AutoCloseable {
    private final String name;
    private final Lock lock;

    private Held(String name, Lock lock) {
      this.name = name;
      this.lock = lock;
    }

    @Override
    public void close() {
      lock.mutex.unlock();
      leave(name, lock);
    }
  }

  private static final class Lock {
    private final ReentrantLock mutex = new ReentrantLock();
    private int users;
  }

  /** Waits until nobody else holds the name. */
  Held take(String name) throws InterruptedException {
    Lock lock;
    synchronized (this) {
      lock = locks.computeIfAbsent(name, _ -> new Lock());
      lock.users++;
    }
    try {
      lock.mutex.lockInterruptibly();
    } catch (InterruptedException e) {
      leave(name, lock);
      throw e;
    }
    return new Held(name, lock);
  }

  private synchronized void leave(String name, Lock lock) {
    lock.users--;
    if (lock.users == 0) {
      locks.remove(name, lock);
    }
  }
}
