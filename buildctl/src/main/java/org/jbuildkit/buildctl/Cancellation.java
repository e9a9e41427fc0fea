package org.jbuildkit.buildctl;

import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/** The first signal that asks for an end cancels the command, the third ends the program. */
final class Cancellation {
  private static final int FORCED = 3;

  private Cancellation() {}

  static void listen(Thread worker) {
    var signals = new AtomicInteger();
    for (var name : new String[] {"TERM", "INT"}) {
      var _ =
          Signal.handle(
              new Signal(name),
              _ -> {
                switch (signals.incrementAndGet()) {
                  case 1 -> worker.interrupt();
                  case FORCED -> {
                    System.err.println("got 3 SIGTERM/SIGINTs, forcing shutdown");
                    Runtime.getRuntime().halt(1);
                  }
                  default -> {}
                }
              });
    }
  }
}
