package org.jbuildkit.client;

import io.grpc.Context;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Abandons a progress stream that does not end by itself once its build has. */
final class StatusEnd {
  private static final int GRACE_SECONDS = 5;

  /** A build that has ended without a word most likely never began. */
  private static final int SILENT_GRACE_SECONDS = 1;

  private StatusEnd() {}

  static void cancelSoon(Context.CancellableContext context, boolean heard) {
    var scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("status-end").unstarted(task));
    var _ =
        scheduler.schedule(
            () -> {
              context.cancel(null);
            },
            heard ? GRACE_SECONDS : SILENT_GRACE_SECONDS,
            TimeUnit.SECONDS);
    scheduler.shutdown();
  }
}
