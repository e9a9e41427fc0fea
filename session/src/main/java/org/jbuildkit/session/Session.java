package org.jbuildkit.session;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.session.tunnel.TunnelClient;

/** A client's session as the daemon has it: calls go to the client's services. */
public final class Session implements AutoCloseable {
  private final String id;
  private final String sharedKey;
  private final Set<String> methods;
  private final TunnelClient tunnel;
  private final Channel channel;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch greeted = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  Session(
      String id,
      String sharedKey,
      Set<String> methods,
      TunnelClient tunnel,
      ClientInterceptor calls) {
    this.id = id;
    this.sharedKey = sharedKey;
    this.methods = methods;
    this.tunnel = tunnel;
    this.channel = ClientInterceptors.intercept(tunnel.channel(), calls);
  }

  public String id() {
    return id;
  }

  /** Scopes the reuse of directories sent before; may be empty. */
  public String sharedKey() {
    return sharedKey;
  }

  /** Whether the client said that it serves {@code /package.Service/Method}; case is ignored. */
  public boolean supports(String method) {
    return methods.contains(method.toLowerCase(Locale.ROOT));
  }

  /** For stubs of the client's services. Calls fail once the session has ended. */
  public Channel channel() {
    return channel;
  }

  public boolean isClosed() {
    return closing.get();
  }

  /** Has the client answer once: then it has read all that the connection began with. */
  void greet(Duration limit) {
    try {
      var _ =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.getDefaultInstance());
    } catch (StatusRuntimeException _) {
      // Some answer, or none: calls find out what is the matter.
    } finally {
      greeted.countDown();
    }
  }

  /**
   * Waits until the client has answered, no longer than so.
   *
   * @return whether it has
   */
  boolean awaitGreeted(Duration limit) throws InterruptedException {
    return greeted.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for the session's end. */
  void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** Ends the session and all calls over it. */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      tunnel.close();
      closed.countDown();
    }
  }

  @Override
  public String toString() {
    return "session " + id;
  }
}
