package org.jbuildkit.solver.simulation;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.solver.KeyStorage;

/** The rows of a key graph, to start the next solver from. */
final class KeyRows implements KeyStorage {
  private final World world;
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private final Set<Link> links = new LinkedHashSet<>();
  private final Map<Row, Instant> records = new LinkedHashMap<>();

  private record Key(String opDigest, int output, int inputCount) {}

  private record Link(String fromId, String toId, int input, String selector) {}

  private record Row(String keyId, String resultId) {}

  KeyRows(World world) {
    this.world = world;
  }

  @Override
  public void load(Visitor visitor) {
    keys.forEach((id, key) -> visitor.key(id, key.opDigest(), key.output(), key.inputCount()));
    links.forEach(link -> visitor.link(link.fromId(), link.toId(), link.input(), link.selector()));
    records.forEach((row, at) -> visitor.record(row.keyId(), row.resultId(), at));
  }

  @Override
  public void addKey(String id, String opDigest, int output, int inputCount) {
    if (opDigest.startsWith("random:")) {
      world.violation("a random key is stored");
    }
    keys.put(id, new Key(opDigest, output, inputCount));
  }

  @Override
  public void addLink(String fromId, String toId, int input, String selector) {
    if (!keys.containsKey(fromId) || !keys.containsKey(toId)) {
      world.violation("a link between keys that are not stored");
    }
    links.add(new Link(fromId, toId, input, selector));
  }

  @Override
  public void addRecord(String keyId, String resultId, Instant createdAt) {
    if (!keys.containsKey(keyId)) {
      world.violation("a record of a key that is not stored");
    }
    world.trace("record %s under %s of %s".formatted(resultId, keyId, keys.get(keyId)));
    records.put(new Row(keyId, resultId), createdAt);
    world.runs().recorded(resultId);
  }

  @Override
  public void removeRecord(String keyId, String resultId) {
    if (!world.store().isDamaged(resultId)) {
      world.violation("a good record is removed");
    }
    records.remove(new Row(keyId, resultId));
  }

  @Override
  public void removeKey(String id) {
    world.trace("removed key " + id);
    if (keys.remove(id) == null) {
      world.violation("a key is removed that is not stored");
    }
    links.removeIf(link -> link.toId().equals(id));
    if (records.keySet().stream().anyMatch(row -> row.keyId().equals(id))) {
      world.violation("a key is removed that has records");
    }
  }

  @Override
  public void flush() {
    world.threads().pause();
  }
}
