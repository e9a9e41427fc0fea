package org.jbuildkit.solver;

import java.time.Instant;

/** The storage of a graph that lives in memory only. */
record NoKeyStorage() implements KeyStorage {
  @Override
  public void load(Visitor visitor) {}

  @Override
  public void addKey(String id, String opDigest, int output, int inputCount) {}

  @Override
  public void addLink(String fromId, String toId, int input, String selector) {}

  @Override
  public void addRecord(String keyId, String resultId, Instant createdAt) {}

  @Override
  public void removeRecord(String keyId, String resultId) {}

  @Override
  public void removeKey(String id) {}

  @Override
  public void flush() {}
}
