package org.jbuildkit.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.gateway.Bridge;

/** The builds whose frontends run at clients, by build id. */
final class Builds {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Map<String, Bridge> builds = new HashMap<>();

  void add(Bridge build) {
    lock.lock();
    try {
      builds.put(build.build().job().id(), build);
      added.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void remove(Bridge build) {
    lock.lock();
    try {
      builds.remove(build.build().job().id(), build);
    } finally {
      lock.unlock();
    }
  }

  /** The build, waiting for one that is about to start. */
  Bridge await(String id, String method, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        var build = builds.get(id);
        if (build != null) {
          return build;
        }
        if (left <= 0) {
          throw new BuildException(
              ErrorCode.NOT_FOUND, "forwarding " + method + ": no such job " + id);
        }
        left = added.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
