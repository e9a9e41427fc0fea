package org.jbuildkit.session.stream;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.session.errors.StatusCodec;
import org.jspecify.annotations.Nullable;

/**
 * One end of a bidirectional gRPC stream, used by blocking code: {@code S} is sent, {@code R} is
 * received. One thread may receive while others send.
 *
 * <p>Errors of the peer come out of {@link #receive} and {@link #send} as {@link BuildException}
 * with the text {@code rpc error: code = … desc = …}.
 */
public final class MessageStream<S, R> implements Closeable {
  /** Messages asked of the transport at first; later it depends on how large they are. */
  private static final int PREFETCH = 8;

  private static final int MIN_AHEAD = 4;
  private static final int MAX_AHEAD = 64;

  /** About how many bytes may wait for {@link #receive}. */
  private static final int AHEAD_BYTES = 1 << 20;

  /** Handles one call on a server; its return completes the call, its exception fails it. */
  @FunctionalInterface
  public interface Handler<S, R> {
    void handle(MessageStream<S, R> stream) throws Exception;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReentrantLock sending = new ReentrantLock();
  private final ArrayDeque<R> received = new ArrayDeque<>();
  private @Nullable CallStreamObserver<S> out;
  private @Nullable BuildException failure;
  private boolean ended;
  private boolean sendClosed;

  /** Messages asked for that have not come. */
  private int expected = PREFETCH;

  private MessageStream() {}

  /** Starts a call. Closing the stream before its end cancels the call. */
  public static <S, R> MessageStream<S, R> open(
      Channel channel, MethodDescriptor<S, R> method, Metadata headers) {
    var stream = new MessageStream<S, R>();
    var withHeaders =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    ClientCalls.asyncBidiStreamingCall(
        withHeaders.newCall(method, CallOptions.DEFAULT), stream.new ClientSide());
    return stream;
  }

  /** Answers a call: runs {@code handler} on a virtual thread of its own. */
  public static <S, R> StreamObserver<R> serve(StreamObserver<S> out, Handler<S, R> handler) {
    var stream = new MessageStream<S, R>();
    var call = (ServerCallStreamObserver<S>) out;
    stream.out = call;
    call.disableAutoRequest();
    var thread =
        Thread.ofVirtual()
            .name("stream")
            .unstarted(Context.current().wrap(() -> stream.run(call, handler)));
    call.setOnReadyHandler(stream::signal);
    call.setOnCancelHandler(() -> {
      stream.fail(new BuildException(ErrorCode.CANCELLED, "context canceled"));
      thread.interrupt();
    });
    call.request(PREFETCH);
    thread.start();
    return stream.new Inbound();
  }

  private void run(ServerCallStreamObserver<S> call, Handler<S, R> handler) {
    try {
      handler.handle(this);
      if (!call.isCancelled()) {
        halfClose();
      }
    } catch (Throwable e) {
      if (!call.isCancelled() && !sendClosed) {
        call.onError(StatusCodec.encode(e));
      }
    } finally {
      fail(new BuildException(ErrorCode.CANCELLED, "the call has ended"));
    }
  }

  /** Sends one message once the transport takes it. */
  @SuppressWarnings("NullAway") // `out` is set before anybody holds the stream
  public void send(S message) throws InterruptedException {
    sending.lockInterruptibly();
    try {
      lock.lockInterruptibly();
      try {
        while (!out.isReady() && failure == null && !sendClosed) {
          changed.await();
        }
        if (failure != null) {
          throw failure;
        }
        if (sendClosed) {
          throw new BuildException(ErrorCode.CANCELLED, "the stream is closed");
        }
      } finally {
        lock.unlock();
      }
      out.onNext(message);
    } finally {
      sending.unlock();
    }
  }

  /** The next message, or empty at the end of the stream. */
  public Optional<R> receive() throws InterruptedException {
    R message;
    int more;
    lock.lockInterruptibly();
    try {
      while (received.isEmpty() && !ended && failure == null) {
        changed.await();
      }
      if (received.isEmpty()) {
        if (failure != null) {
          throw failure;
        }
        return Optional.empty();
      }
      message = received.remove();
      more = wanted(message);
    } finally {
      lock.unlock();
    }
    request(more);
    return Optional.of(message);
  }

  /** A message that has come already, if there is one. */
  public Optional<R> poll() {
    R message;
    int more;
    lock.lock();
    try {
      if (received.isEmpty()) {
        return Optional.empty();
      }
      message = received.remove();
      more = wanted(message);
    } finally {
      lock.unlock();
    }
    request(more);
    return Optional.of(message);
  }

  /**
   * How many more messages to ask for after one was taken. Many small ones are asked for at once:
   * each request is a turn of the transport's thread.
   */
  private int wanted(R taken) {
    int size = taken instanceof MessageLite message ? message.getSerializedSize() : AHEAD_BYTES;
    int ahead = Math.clamp(AHEAD_BYTES / Math.max(size, 1), MIN_AHEAD, MAX_AHEAD);
    int more = ahead - expected - received.size();
    if (more < ahead / 2) {
      return 0;
    }
    expected += more;
    return more;
  }

  @SuppressWarnings("NullAway") // `out` is set before anybody holds the stream
  private void request(int more) {
    if (more > 0) {
      out.request(more);
    }
  }

  /** Says that no more will be sent. For clients; a server's handler just returns. */
  @SuppressWarnings("NullAway") // `out` is set before anybody holds the stream
  public void halfClose() {
    sending.lock();
    try {
      lock.lock();
      try {
        if (sendClosed || failure != null) {
          return;
        }
        sendClosed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      out.onCompleted();
    } finally {
      sending.unlock();
    }
  }

  /** Cancels a client's call that has not ended. */
  @Override
  public void close() {
    boolean running;
    lock.lock();
    try {
      running = !ended && failure == null;
    } finally {
      lock.unlock();
    }
    if (running && out instanceof ClientCallStreamObserver<S> call) {
      call.cancel("context canceled", null);
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(BuildException error) {
    lock.lock();
    try {
      if (failure == null && !(ended && sendClosed)) {
        failure = error;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private class Inbound implements StreamObserver<R> {
    @Override
    public void onNext(R message) {
      lock.lock();
      try {
        received.add(message);
        expected--;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onError(Throwable error) {
      fail(StatusCodec.decodeStream(error));
    }

    @Override
    public void onCompleted() {
      lock.lock();
      try {
        ended = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class ClientSide extends Inbound implements ClientResponseObserver<S, R> {
    @Override
    public void beforeStart(ClientCallStreamObserver<S> call) {
      out = call;
      call.disableAutoRequestWithInitial(PREFETCH);
      call.setOnReadyHandler(MessageStream.this::signal);
    }

    @Override
    public void onCompleted() {
      super.onCompleted();
      // The call is over in both directions: a sender must not wait for readiness any more.
      lock.lock();
      try {
        if (!sendClosed && failure == null) {
          sendClosed = true;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
