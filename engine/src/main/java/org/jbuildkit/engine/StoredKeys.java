package org.jbuildkit.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jbuildkit.solver.KeyStorage;
import org.jbuildkit.store.CacheKeyTable;

/** Keeps the solver's key graph in the store's database. */
public record StoredKeys(CacheKeyTable table) implements KeyStorage {

  @Override
  public void load(Visitor visitor) {
    try {
      table.read(
          new CacheKeyTable.Rows() {
            @Override
            public void key(String id, String op, int output, int inputs) {
              visitor.key(id, op, output, inputs);
            }

            @Override
            public void link(String source, String target, int input, String selector) {
              visitor.link(source, target, input, selector);
            }

            @Override
            public void record(String key, String result, Instant createdAt) {
              visitor.record(key, result, createdAt);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void addKey(String id, String opDigest, int output, int inputCount) {
    table.addKey(id, opDigest, output, inputCount);
  }

  @Override
  public void addLink(String fromId, String toId, int input, String selector) {
    table.addLink(fromId, toId, input, selector);
  }

  @Override
  public void addRecord(String keyId, String resultId, Instant createdAt) {
    table.addRecord(keyId, resultId, createdAt);
  }

  @Override
  public void removeRecord(String keyId, String resultId) {
    table.removeRecord(keyId, resultId);
  }

  @Override
  public void removeKey(String id) {
    table.removeKey(id);
  }

  @Override
  public void flush() throws IOException {
    table.flush();
  }
}
