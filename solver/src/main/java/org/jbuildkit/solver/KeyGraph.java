package org.jbuildkit.solver;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import org.jbuildkit.base.Digest;

/**
 * All keys known, joined by links (input position, op digest, output, selector), with the records
 * stored under them. Kept whole in memory; each change is written to a {@link KeyStorage}.
 *
 * <p>Two keys are the same when at every input they share an alternative: {@code intern} finds such
 * a key instead of making another, and adds the alternatives it did not know.
 *
 * <p>Lock order: one lock guards everything; storage calls are made under it so that rows are
 * written in the order in which they depend on each other, and must not call back.
 */
public final class KeyGraph {
  private record Step(String fromId, int input, String opDigest, int output, String selector) {}

  private final KeyStorage storage;
  private final Supplier<String> newId;
  private final Map<String, CacheKey> keys = new HashMap<>();
  private final Map<Step, Set<CacheKey>> steps = new HashMap<>();
  private final Map<String, Map<String, CacheRecord>> records = new HashMap<>();
  private final Map<String, Set<CacheKey>> keysOf = new HashMap<>();
  private Set<CacheKey> unneeded = Set.of();

  /**
   * @param newId makes a fresh id for a key with inputs
   */
  public KeyGraph(KeyStorage storage, Supplier<String> newId) {
    this.storage = storage;
    this.newId = newId;
    storage.load(new Loader());
  }

  private final class Loader implements KeyStorage.Visitor {
    @Override
    public void key(String id, String opDigest, int output, int inputCount) {
      keys.put(id, new CacheKey(id, opDigest, output, inputCount, false));
    }

    @Override
    public void link(String fromId, String toId, int input, String selector) {
      var from = keys.get(fromId);
      var to = keys.get(toId);
      if (from != null && to != null && input < to.inputCount()) {
        var link = new CacheKey.Link(from, selector);
        to.links(input).add(link);
        index(to, input, link);
      }
    }

    @Override
    public void record(String keyId, String resultId, Instant createdAt) {
      var key = keys.get(keyId);
      if (key != null) {
        records
            .computeIfAbsent(keyId, _ -> new LinkedHashMap<>())
            .put(resultId, new CacheRecord(resultId, createdAt));
        keysOf.computeIfAbsent(resultId, _ -> new LinkedHashSet<>()).add(key);
      }
    }
  }

  private void index(CacheKey key, int input, CacheKey.Link link) {
    steps.computeIfAbsent(step(key, input, link), _ -> new LinkedHashSet<>()).add(key);
  }

  private static Step step(CacheKey key, int input, CacheKey.Link link) {
    return new Step(link.key().id(), input, key.opDigest(), key.output(), link.selector());
  }

  /** The keys reached from any of {@code links} at one input of an op. */
  public synchronized Set<CacheKey> query(
      Collection<CacheKey.Link> links, int input, String opDigest, int output) {
    var found = new LinkedHashSet<CacheKey>();
    for (var link : links) {
      var step = new Step(link.key().id(), input, opDigest, output, link.selector());
      found.addAll(steps.getOrDefault(step, Set.of()));
    }
    return found;
  }

  /**
   * The key of an output of an op with inputs, found or made; it goes by all names from then on.
   *
   * <p>Two keys are the same when they share a name at every input, unless the inputs' content is
   * known to differ: what a definition stands for may change, what content stands for does not.
   */
  synchronized CacheKey intern(String opDigest, int output, InputNames names) {
    var inputs = names.all();
    boolean ephemeral =
        inputs.stream().anyMatch(links -> links.stream().allMatch(l -> l.key().isEphemeral()));
    if (ephemeral || opDigest.startsWith(CacheMap.RANDOM)) {
      return new CacheKey(newId.get(), opDigest, output, inputs.size(), true);
    }
    var known = common(opDigest, output, names.isNameable() ? names.nameable() : inputs);
    var key =
        known.stream()
            .filter(candidate -> agrees(candidate, inputs))
            .findFirst()
            .orElseGet(() -> create(opDigest, output, inputs.size()));
    learn(key, inputs);
    return key;
  }

  /** The keys that go by one of these names at every input, whatever their content. */
  private Set<CacheKey> common(
      String opDigest, int output, List<? extends Collection<CacheKey.Link>> inputs) {
    var shared = new LinkedHashSet<>(query(inputs.getFirst(), 0, opDigest, output));
    for (int i = 1; i < inputs.size() && !shared.isEmpty(); i++) {
      shared.retainAll(query(inputs.get(i), i, opDigest, output));
    }
    return shared;
  }

  /** Whether the key's inputs can be what these names stand for, as far as content tells. */
  static boolean agrees(CacheKey key, List<? extends Collection<CacheKey.Link>> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      if (!agrees(key.links(i), inputs.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether these can be names of the same content. */
  private static boolean agrees(Collection<CacheKey.Link> some, Collection<CacheKey.Link> others) {
    boolean known = false;
    for (var link : others) {
      if (link.key().isContent()) {
        if (some.contains(link)) {
          return true;
        }
        known = true;
      }
    }
    return !known || some.stream().noneMatch(link -> link.key().isContent());
  }

  /** The keys that go by one of these names at every input and whose content may be the same. */
  synchronized Set<CacheKey> matches(
      String opDigest, int output, List<? extends Collection<CacheKey.Link>> inputs) {
    var found = common(opDigest, output, inputs);
    found.removeIf(key -> !agrees(key, inputs));
    return found;
  }

  private CacheKey create(String opDigest, int output, int inputCount) {
    var key = new CacheKey(newId.get(), opDigest, output, inputCount, false);
    remember(key);
    return key;
  }

  /**
   * Adds alternatives to a key, except at inputs whose content is known to differ. Ephemeral ones
   * are not kept, they never match again.
   */
  synchronized void learn(CacheKey key, List<? extends Collection<CacheKey.Link>> inputs) {
    if (key.isEphemeral()) {
      return;
    }
    remember(key);
    for (int i = 0; i < inputs.size(); i++) {
      if (!agrees(key.links(i), inputs.get(i))) {
        continue;
      }
      for (var link : inputs.get(i)) {
        if (!link.key().isEphemeral() && key.links(i).add(link)) {
          remember(link.key());
          index(key, i, link);
          storage.addLink(link.key().id(), key.id(), i, link.selector());
        }
      }
    }
  }

  /** Makes a key known, with the keys it is named by: it may have been let go while it was used. */
  private void remember(CacheKey key) {
    var added = new ArrayList<CacheKey>();
    add(key, added);
    for (int next = 0; next < added.size(); next++) {
      for (var links : added.get(next).allLinks()) {
        links.forEach(link -> add(link.key(), added));
      }
    }
    for (var known : added) {
      for (int i = 0; i < known.inputCount(); i++) {
        for (var link : known.links(i)) {
          index(known, i, link);
          storage.addLink(link.key().id(), known.id(), i, link.selector());
        }
      }
    }
  }

  private void add(CacheKey key, List<CacheKey> added) {
    if (keys.putIfAbsent(key.id(), key) == null) {
      storage.addKey(key.id(), key.opDigest(), key.output(), key.inputCount());
      added.add(key);
    }
  }

  /** Stores a result under a key. Ephemeral keys take none. */
  public synchronized void addRecord(CacheKey key, CacheRecord record) {
    if (key.isEphemeral()) {
      return;
    }
    remember(key);
    var stored = records.computeIfAbsent(key.id(), _ -> new LinkedHashMap<>());
    if (stored.putIfAbsent(record.resultId(), record) == null) {
      keysOf.computeIfAbsent(record.resultId(), _ -> new LinkedHashSet<>()).add(key);
      storage.addRecord(key.id(), record.resultId(), record.createdAt());
    }
  }

  /** Returns when all changes so far are durable. Call without holding any lock. */
  public void flush() throws IOException {
    storage.flush();
  }

  /** Forgets a result that can't be loaded any more, under all keys. */
  public synchronized void removeResult(String resultId) {
    var named = keysOf.remove(resultId);
    if (named == null) {
      return;
    }
    for (var key : named) {
      var stored = records.get(key.id());
      if (stored != null && stored.remove(resultId) != null) {
        storage.removeRecord(key.id(), resultId);
        if (stored.isEmpty()) {
          records.remove(key.id());
        }
      }
    }
  }

  /** The ids of all results that have a record. */
  public synchronized Set<String> resultIds() {
    return Set.copyOf(keysOf.keySet());
  }

  /**
   * Lets go of keys that lead to no record. A key goes when this finds it unneeded for the second
   * time: builds that run have keys that do not lead to a record yet. One that is used longer comes
   * back with its record.
   */
  public synchronized void release() {
    var found = new HashSet<>(keys.values());
    found.removeAll(withInputs(records.keySet().stream().map(keys::get).toList()));
    var fresh = found.stream().filter(key -> !unneeded.contains(key)).toList();
    var spared = withInputs(fresh);
    found.stream()
        .filter(key -> !spared.contains(key))
        .toList()
        .forEach(key -> {
          found.remove(key);
          remove(key);
        });
    unneeded = found;
  }

  /** These keys and all they are named by. */
  private static Set<CacheKey> withInputs(Collection<CacheKey> some) {
    var all = new HashSet<>(some);
    var pending = new ArrayDeque<>(some);
    while (!pending.isEmpty()) {
      for (var links : pending.pop().allLinks()) {
        links.stream().map(CacheKey.Link::key).filter(all::add).forEach(pending::push);
      }
    }
    return all;
  }

  private void remove(CacheKey key) {
    keys.remove(key.id());
    for (int i = 0; i < key.inputCount(); i++) {
      for (var link : key.links(i)) {
        steps.computeIfPresent(
            step(key, i, link), (_, named) -> named.remove(key) && named.isEmpty() ? null : named);
      }
    }
    storage.removeKey(key.id());
  }

  /** The records under any of these keys, newest first, then by id, with their keys. */
  public synchronized SequencedMap<CacheRecord, Set<CacheKey>> records(Collection<CacheKey> keys) {
    var found = new HashMap<String, CacheRecord>();
    var named = new HashMap<String, Set<CacheKey>>();
    for (var key : keys) {
      for (var record : records.getOrDefault(key.id(), Map.of()).values()) {
        found.merge(record.resultId(), record, KeyGraph::newer);
        named.computeIfAbsent(record.resultId(), _ -> new LinkedHashSet<>()).add(key);
      }
    }
    var sorted = new ArrayList<>(found.values());
    sorted.sort(
        Comparator.comparing(CacheRecord::createdAt)
            .reversed()
            .thenComparing(CacheRecord::resultId));
    var all = new LinkedHashMap<CacheRecord, Set<CacheKey>>();
    sorted.forEach(record -> all.put(record, named.getOrDefault(record.resultId(), Set.of())));
    return all;
  }

  private static CacheRecord newer(CacheRecord one, CacheRecord other) {
    return one.createdAt().isBefore(other.createdAt()) ? other : one;
  }

  /** The alternatives at one input of a key, a copy. */
  public synchronized List<CacheKey.Link> links(CacheKey key, int input) {
    return List.copyOf(key.links(input));
  }

  /** All keys, a copy: for exporters, dumps and tests. */
  public synchronized List<CacheKey> keys() {
    return List.copyOf(keys.values());
  }

  /** The record digests of all keys known. */
  public synchronized Set<Digest> recordDigests() {
    var digests = new LinkedHashSet<Digest>();
    keys.values().forEach(key -> digests.add(key.recordDigest()));
    return digests;
  }
}
