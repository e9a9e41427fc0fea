package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;

/** Repeats a transfer that failed for reasons that may pass, after growing pauses. */
public final class Attempts {
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

  private final Pause pause;

  /** Waits between attempts. */
  @FunctionalInterface
  public interface Pause {
    void take(Duration duration) throws InterruptedException;
  }

  public Attempts(Pause pause) {
    this.pause = pause;
  }

  /** A transfer that can be started again. */
  @FunctionalInterface
  public interface Transfer<T> {
    T run() throws IOException, InterruptedException;
  }

  /**
   * Runs a transfer until it succeeds, fails for good, or has failed four times.
   *
   * @param log takes lines for users, with their ends
   */
  public <T> T run(Consumer<String> log, Transfer<T> transfer)
      throws IOException, InterruptedException {
    for (int failed = 0; ; failed++) {
      try {
        return transfer.run();
      } catch (RegistryException e) {
        if (!e.isTemporary()) {
          throw e;
        }
        log.accept("error: " + BuildException.describe(e) + "\n");
        if (failed == PAUSES.size()) {
          throw e;
        }
        log.accept("retrying in " + PAUSES.get(failed).toSeconds() + "s\n");
        pause.take(PAUSES.get(failed));
      }
    }
  }
}
