package org.jbuildkit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class NamespaceThreadTest {
  @Test
  void whatAnInterruptedCallerHadMadeIsStillItsOwn() throws Exception {
    var began = new CountDownLatch(1);
    var go = new AtomicBoolean();
    var caller = Thread.currentThread();
    var interrupter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                began.await();
                caller.interrupt();
                // The caller has taken note once its mark is gone: it waits again.
                while (caller.isInterrupted()) {
                  Thread.onSpinWait();
                }
                go.set(true);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    String made =
        NamespaceThread.runOnce(() -> {
          began.countDown();
          while (!go.get()) {
            Thread.onSpinWait();
          }
          return "made";
        });
    assertThat(made).isEqualTo("made");
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
  }

  @Test
  void bodiesThatCanBeInterruptedAre() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() ->
            NamespaceThread.runOnce(() -> {
              new CountDownLatch(1).await();
              return 0;
            }))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
