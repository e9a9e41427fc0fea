package org.jbuildkit.session;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import org.jbuildkit.session.stream.ByteDuplex;

/** Notices when the peer ends its half of a byte stream. */
final class EndWatch {
  private final ByteDuplex duplex;
  private final CountDownLatch ended = new CountDownLatch(1);

  EndWatch(ByteDuplex duplex) {
    this.duplex = ByteDuplex.of(new Watched(duplex.input()), duplex.output(), this::end);
    this.source = duplex;
  }

  private final ByteDuplex source;

  private void end() {
    ended.countDown();
    source.close();
  }

  ByteDuplex duplex() {
    return duplex;
  }

  /** Runs {@code action} on a thread of its own once the stream has ended. */
  void onEnd(Runnable action) {
    Thread.ofVirtual()
        .name("session-end")
        .start(() -> {
          try {
            ended.await();
            action.run();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = -1;
      try {
        n = super.read(target, offset, length);
        return n;
      } finally {
        if (n < 0) {
          ended.countDown();
        }
      }
    }
  }
}
