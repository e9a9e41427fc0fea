package org.jbuildkit.engine.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.progress.JobProgress;

/** The builds of a daemon by id. The progress of a finished one stays readable for ten seconds. */
public final class Jobs {
  private static final Duration KEEP = Duration.ofSeconds(10);

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Map<String, Job> active = new HashMap<>();
  private final Map<String, Finished> finished = new HashMap<>();

  private record Finished(JobProgress progress, Instant at) {}

  public Jobs(Clock clock) {
    this.clock = clock;
  }

  /**
   * Starts a build.
   *
   * @throws BuildException {@code job ID … exists} if one of that id is going on
   */
  public Job open(String id, String sessionId, Set<String> entitlements) {
    lock.lock();
    try {
      if (active.containsKey(id)) {
        throw new BuildException(ErrorCode.UNKNOWN, "job ID " + id + " exists");
      }
      var job = new Job(id, sessionId, entitlements, new JobProgress(clock));
      finished.remove(id);
      active.put(id, job);
      added.signalAll();
      return job;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a build: its progress stream ends too. */
  public void close(Job job) {
    job.progress().close();
    lock.lock();
    try {
      if (active.remove(job.id(), job)) {
        finished.put(job.id(), new Finished(job.progress(), clock.instant()));
      }
      dropOld();
    } finally {
      lock.unlock();
    }
  }

  private void dropOld() {
    var limit = clock.instant().minus(KEEP);
    finished.values().removeIf(done -> done.at().isBefore(limit));
  }

  /** The progress of the build of this id, which may start up to {@code timeout} later. */
  public Optional<JobProgress> awaitProgress(String id, Duration timeout)
      throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        dropOld();
        var job = active.get(id);
        var done = finished.get(id);
        if (job != null) {
          return Optional.of(job.progress());
        }
        if (done != null) {
          return Optional.of(done.progress());
        }
        if (left <= 0) {
          return Optional.empty();
        }
        left =
            added.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1))) <= 0
                ? left - TimeUnit.SECONDS.toNanos(1)
                : left - 1;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The builds going on. */
  public List<Job> active() {
    lock.lock();
    try {
      return List.copyOf(active.values());
    } finally {
      lock.unlock();
    }
  }
}
