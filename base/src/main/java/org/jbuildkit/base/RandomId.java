package org.jbuildkit.base;

import java.security.SecureRandom;

/** Ids of sessions, builds, records and containers: 25 lower-case letters and digits. */
public final class RandomId {
  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomId() {}

  public static String next() {
    var id = new StringBuilder(25);
    for (int i = 0; i < 25; i++) {
      id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
