package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** CVE-2024-23650: what a request did to the daemon's own code ended the daemon. */
class CallsTest {
  private static Throwable answer(Calls.Body<String> body) {
    var error = new AtomicReference<Throwable>(new AssertionError("an answer"));
    Calls.unary(
        new StreamObserver<String>() {
          @Override
          public void onNext(String value) {
            throw new AssertionError(value);
          }

          @Override
          public void onError(Throwable thrown) {
            error.set(thrown);
          }

          @Override
          public void onCompleted() {
            throw new AssertionError("completed");
          }
        },
        body);
    return error.get();
  }

  private static String deep(long depth) {
    return depth < 0 ? "" : deep(depth + 1) + depth;
  }

  @Test
  void aStackThatEndsIsAnAnswer() {
    assertThat(answer(() -> deep(1))).hasMessageContaining("request is too large");
  }

  @Test
  void exceptionsOfAnyKindAreAnswers() {
    assertThat(
            answer(() -> {
              throw new NullPointerException("nothing there");
            }))
        .hasMessageContaining("nothing there");
    assertThat(
            answer(() -> {
              throw new ArithmeticException("overflow");
            }))
        .hasMessageContaining("overflow");
  }
}
