package org.jbuildkit.session;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Ids of sessions, builds, results and containers: 25 characters of {@code [0-9a-z]}. */
public final class RandomId {
  private static final int BYTES = 17;
  private static final int LENGTH = 25;

  private RandomId() {}

  public static String next() {
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    // The top bit makes the number long enough for every digit taken.
    bytes[0] |= (byte) 0x80;
    return new BigInteger(1, bytes).toString(36).substring(1, LENGTH + 1);
  }
}
