package org.jbuildkit.solver;

import java.io.IOException;
import java.time.Instant;

/** Durable rows of the {@link KeyGraph}. Writes are ordered. */
public interface KeyStorage {

  /** Replays all rows: keys before links and records that name them. */
  void load(Visitor visitor);

  void addKey(String id, String opDigest, int output, int inputCount);

  void addLink(String fromId, String toId, int input, String selector);

  void addRecord(String keyId, String resultId, Instant createdAt);

  void removeRecord(String keyId, String resultId);

  /** Removes a key without records, and the links to it; keys made from it go as well. */
  void removeKey(String id);

  /** Returns when all that was written before survives the death of the process. */
  void flush() throws IOException;

  /** Takes rows while loading. */
  interface Visitor {
    void key(String id, String opDigest, int output, int inputCount);

    void link(String fromId, String toId, int input, String selector);

    void record(String keyId, String resultId, Instant createdAt);
  }

  /** Keeps nothing: for tests and throw-away graphs. */
  static KeyStorage none() {
    return new NoKeyStorage();
  }
}
