package org.jbuildkit.session;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.control.BytesMessage;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;
import org.jbuildkit.session.tunnel.TunnelClient;

/** The daemon's sessions by id. */
public final class SessionRegistry implements AutoCloseable {
  /** How long callers wait for a session that is not there yet. */
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  private static final Duration OPENING = Duration.ofMillis(250);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Session> sessions = new HashMap<>();
  private final Function<Metadata, ClientInterceptor> calls;

  /** Sessions whose calls go through nothing else. */
  public SessionRegistry() {
    this(_ ->
        new ClientInterceptor() {
          @Override
          public <Q, R> ClientCall<Q, R> interceptCall(
              MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options);
          }
        });
  }

  /**
   * @param calls what the calls of a session go through, from the metadata that it was opened with
   */
  public SessionRegistry(Function<Metadata, ClientInterceptor> calls) {
    this.calls = calls;
  }

  /**
   * Answers {@code Control.Session}; the server must run {@link CallHeaders} on the call. The call
   * lasts as long as the session.
   */
  public StreamObserver<BytesMessage> accept(StreamObserver<BytesMessage> out) {
    var headers = CallHeaders.current();
    return MessageStream.serve(
        out,
        stream ->
            serve(headers, ByteDuplex.of(stream, ByteMessages.CONTROL, WireLimits.STREAM_CHUNK)));
  }

  /** Runs a session over {@code duplex} until either side ends it. */
  public void serve(Metadata headers, ByteDuplex duplex) throws InterruptedException {
    var id = CallHeaders.first(headers, MetadataKeys.SESSION_ID).orElse("");
    var ending = new EndWatch(duplex);
    try (var session =
        new Session(
            id,
            CallHeaders.first(headers, MetadataKeys.SESSION_SHARED_KEY).orElse(""),
            methods(headers),
            TunnelClient.over(ending.duplex(), group),
            calls.apply(headers))) {
      ending.onEnd(session::close);
      register(session);
      session.greet(DEFAULT_WAIT);
      try (var _ = HealthMonitor.start(session, customInterval(headers))) {
        session.awaitClosed();
      } finally {
        unregister(session);
      }
    }
  }

  private static Set<String> methods(Metadata headers) {
    var methods = new HashSet<String>();
    for (var method : CallHeaders.all(headers, MetadataKeys.SESSION_METHOD)) {
      methods.add(method.toLowerCase(Locale.ROOT));
    }
    return methods;
  }

  private static Optional<Duration> customInterval(Metadata headers) {
    return CallHeaders.first(headers, MetadataKeys.SESSION_HEALTH_TIMEOUT)
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(Long::parseLong)
        .filter(millis -> millis > 0)
        .map(millis -> Duration.ofMillis(Math.max(1000, millis)));
  }

  private void register(Session session) {
    lock.lock();
    try {
      sessions.put(session.id(), session);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void unregister(Session session) {
    lock.lock();
    try {
      sessions.remove(session.id(), session);
    } finally {
      lock.unlock();
    }
  }

  /** The session, if it is there now. {@code id} may have a prefix that ends with a colon. */
  public Optional<Session> find(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(sessions.get(bare(id)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The session, waiting for one that is not there yet: a build may arrive before its session.
   *
   * @throws BuildException {@link ErrorCode#DEADLINE_EXCEEDED} if it does not come in time
   */
  public Session await(String id, Duration timeout) throws InterruptedException {
    return awaitFor(id, timeout)
        .orElseThrow(() ->
            new BuildException(
                ErrorCode.DEADLINE_EXCEEDED,
                "no active session for " + bare(id) + ": context deadline exceeded"));
  }

  /**
   * Gives a session that a build named, and that may just be opening, the time to do so. A client
   * that ends its session while it opens waits a second for nothing: BuildKit's own do.
   *
   * @param id may be empty, or of a session that never comes
   */
  public void letOpen(String id) throws InterruptedException {
    var session = id.isEmpty() ? Optional.<Session>empty() : awaitFor(id, OPENING);
    if (session.isPresent()) {
      var _ = session.get().awaitGreeted(OPENING);
    }
  }

  private Optional<Session> awaitFor(String id, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        var session = sessions.get(bare(id));
        if (session != null || left <= 0) {
          return Optional.ofNullable(session);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Something done with a session. */
  @FunctionalInterface
  public interface Use<T> {
    T with(Session session) throws InterruptedException;
  }

  /**
   * Tries the sessions in order until one succeeds.
   *
   * @throws BuildException the last session's failure, or that there is none
   */
  public <T> T any(List<String> ids, Use<T> use) throws InterruptedException {
    var failure = BuildException.failed("no active sessions");
    for (var id : ids) {
      try {
        return use.with(await(id, DEFAULT_WAIT));
      } catch (BuildException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static String bare(String id) {
    int colon = id.indexOf(':');
    return colon >= 0 && colon + 1 < id.length() ? id.substring(colon + 1) : id;
  }

  /** Ends all sessions. */
  @Override
  public void close() {
    List<Session> all;
    lock.lock();
    try {
      all = List.copyOf(sessions.values());
    } finally {
      lock.unlock();
    }
    all.forEach(Session::close);
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
