package org.jbuildkit.client;

import io.grpc.Context;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Abandons a progress stream that does not end by itself once its build has. */
final class StatusEnd {
  private static final int GRACE_SECONDS = 5;

  private StatusEnd() {}

  static void cancelSoon(Context.CancellableContext context) {
    var scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("status-end").unstarted(task));
    var _ =
        scheduler.schedule(
            () -> {
              context.cancel(null);
            },
            GRACE_SECONDS,
            TimeUnit.SECONDS);
    scheduler.shutdown();
  }
}
