package org.jbuildkit.engine.job;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a build learned of the world outside, which is to stay the same until its end. */
public final class Findings {
  private final Map<String, String> byName = new HashMap<>();

  /** What was found, if somebody looked before. */
  public synchronized Optional<String> get(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Notes what was found. */
  public synchronized void put(String name, String value) {
    byName.put(name, value);
  }
}
