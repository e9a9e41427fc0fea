package org.jbuildkit.daemon;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether anybody uses the daemon. A connection counts from its making to its end. Once the daemon
 * has decided to end, every call is refused: a client that was answered once may rely on it.
 */
final class Activity extends ServerTransportFilter implements ServerInterceptor {
  private static final Duration FIRST_CLIENT = Duration.ofSeconds(30);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int connections;
  private boolean anyoneCame;
  private long idleSince = System.nanoTime();
  private boolean ending;

  @Override
  public Attributes transportReady(Attributes attributes) {
    lock.lock();
    try {
      connections++;
      anyoneCame = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return attributes;
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    lock.lock();
    try {
      connections--;
      idleSince = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    lock.lock();
    try {
      if (ending) {
        call.close(Status.UNAVAILABLE.withDescription("the daemon is stopping"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
    } finally {
      lock.unlock();
    }
    return next.startCall(call, headers);
  }

  /**
   * Waits until nobody has been connected for {@code timeout}; from then on refuses all calls.
   * Whoever started the daemon gets some time to connect, however short the timeout is.
   */
  void awaitIdle(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (connections > 0) {
          changed.await();
          continue;
        }
        var patience = anyoneCame || timeout.compareTo(FIRST_CLIENT) > 0 ? timeout : FIRST_CLIENT;
        long left = idleSince + patience.toNanos() - System.nanoTime();
        if (left <= 0) {
          ending = true;
          return;
        }
        var _ = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
