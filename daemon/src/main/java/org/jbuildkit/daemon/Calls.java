package org.jbuildkit.daemon;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import org.jbuildkit.session.errors.StatusCodec;

/** Answers calls with blocking code: a client that goes away interrupts the work for it. */
final class Calls {
  private Calls() {}

  /** The work of one call. */
  @FunctionalInterface
  interface Body<R> {
    R answer() throws Exception;
  }

  /** Work that sends its answers itself. */
  @FunctionalInterface
  interface Streaming {
    void answer() throws Exception;
  }

  static <R> void unary(StreamObserver<R> out, Body<R> body) {
    stream(out, () -> out.onNext(body.answer()));
  }

  static void stream(StreamObserver<?> out, Streaming body) {
    var thread = Thread.currentThread();
    var context = Context.current();
    Context.CancellationListener cancel = _ -> thread.interrupt();
    context.addListener(cancel, Runnable::run);
    try {
      body.answer();
      out.onCompleted();
    } catch (InterruptedException e) {
      out.onError(
          io.grpc.Status.CANCELLED
              .withDescription("context canceled")
              .withCause(e)
              .asRuntimeException());
    } catch (Exception e) {
      out.onError(StatusCodec.encode(e));
    } catch (StackOverflowError | OutOfMemoryError e) {
      // A request may be hostile: it ends, the daemon lives on.
      out.onError(StatusCodec.encode(new IllegalStateException("request is too large", e)));
    } finally {
      context.removeListener(cancel);
    }
  }
}
