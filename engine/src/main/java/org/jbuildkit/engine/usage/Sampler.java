package org.jbuildkit.engine.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jbuildkit.base.Json;

/**
 * Measures every two seconds, for the first time after the first two. Once there are too many
 * samples every second one is dropped, and measuring goes on half as often, so that a sampler holds
 * few samples however long it lives.
 */
public final class Sampler implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final int most;
  private final Supplier<Optional<Json>> source;
  private final Thread thread;
  private List<Json> samples = new ArrayList<>();
  private Duration interval;

  private Sampler(String name, int most, Duration interval, Supplier<Optional<Json>> source) {
    this.most = most;
    this.interval = interval;
    this.source = source;
    this.thread = Thread.ofVirtual().name("samples of " + name).unstarted(this::measure);
  }

  /**
   * Starts to measure.
   *
   * @param most how many samples are kept
   * @param source makes a sample; nothing where there is nothing to be measured now
   */
  public static Sampler start(String name, int most, Supplier<Optional<Json>> source) {
    return start(name, most, INTERVAL, source);
  }

  static Sampler start(String name, int most, Duration interval, Supplier<Optional<Json>> source) {
    var sampler = new Sampler(name, most, interval, source);
    sampler.thread.start();
    return sampler;
  }

  private void measure() {
    try {
      while (true) {
        Thread.sleep(current());
        source.get().ifPresent(this::add);
      }
    } catch (InterruptedException _) {
      // It is closed.
    }
  }

  private synchronized Duration current() {
    return interval;
  }

  synchronized void add(Json sample) {
    samples.add(sample);
    if (samples.size() > most) {
      var kept = new ArrayList<Json>();
      for (int i = 0; i < samples.size(); i += 2) {
        kept.add(samples.get(i));
      }
      samples = kept;
      interval = interval.multipliedBy(2);
    }
  }

  /** What has been measured so far. */
  public synchronized List<Json> samples() {
    return List.copyOf(samples);
  }

  /** Measures no more; what was measured stays. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
