package org.jbuildkit.linux;

/**
 * A file time.
 *
 * @param seconds since 1970, negative before
 * @param nanos 0 to 999 999 999
 */
public record Timestamp(long seconds, int nanos) implements Comparable<Timestamp> {
  public static final Timestamp EPOCH = new Timestamp(0, 0);

  public Timestamp {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds out of range: " + nanos);
    }
  }

  public static Timestamp ofSeconds(long seconds) {
    return new Timestamp(seconds, 0);
  }

  /** From nanoseconds since 1970. */
  public static Timestamp ofNanos(long nanos) {
    return new Timestamp(
        Math.floorDiv(nanos, 1_000_000_000L), (int) Math.floorMod(nanos, 1_000_000_000L));
  }

  public static Timestamp now() {
    var now = java.time.Instant.now();
    return new Timestamp(now.getEpochSecond(), now.getNano());
  }

  /** Nanoseconds since 1970; valid within about 292 years of it. */
  public long toNanos() {
    return seconds * 1_000_000_000L + nanos;
  }

  @Override
  public int compareTo(Timestamp other) {
    int order = Long.compare(seconds, other.seconds);
    return order != 0 ? order : Integer.compare(nanos, other.nanos);
  }
}
