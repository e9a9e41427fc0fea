package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Shared;
import org.jbuildkit.base.TaskScope;

/**
 * One output of a vertex, evaluated by straight-line code: look up by definition, look up by
 * content, else run. Each stage is computed once however many dependents wait for it.
 */
final class EdgeState<J extends Participant> {
  private final VertexState<J> state;
  private final int output;
  private final Shared<Match> fast;
  private final Shared<Match> slow;
  private final Shared<Outcome> outcome;

  EdgeState(VertexState<J> state, int output) {
    this.state = state;
    this.output = output;
    var name = state.vertex().digest() + "@" + output;
    this.fast = new Shared<>("definition keys of " + name, this::matchFast);
    this.slow = new Shared<>("content keys of " + name, this::matchSlow);
    this.outcome = new Shared<>("result of " + name, this::solve, o -> o.result().close());
  }

  VertexState<J> state() {
    return state;
  }

  /** Waits for the result; the handle stays this edge's. */
  Outcome await() throws InterruptedException {
    return outcome.await();
  }

  void close() {
    outcome.peek().ifPresent(done -> done.result().close());
  }

  /** The keys that dependents may probe with, as far as this tier finds any. */
  private Set<CacheKey> keys(Shared<Match> tier) throws InterruptedException {
    var done = outcome.peek();
    if (done.isPresent()) {
      return done.get().nameable();
    }
    return state.vertex().ignoresCache() ? Set.of() : tier.await().keys();
  }

  private Outcome solve() throws InterruptedException {
    var tried = new HashSet<String>();
    if (!state.vertex().ignoresCache()) {
      for (var tier : List.of(fast, slow)) {
        var match = tier.await();
        var hit = load(match.keys(), tried);
        if (hit.isPresent()) {
          return found(hit.get(), match);
        }
        if (match.isFinal()) {
          break;
        }
      }
    }
    return produce(tried);
  }

  private Outcome found(Result result, Match match) {
    match.keys().forEach(key -> state.solver().keys().learn(key, match.inputs()));
    return new Outcome(result, match.keys(), match.keys(), true);
  }

  private Optional<Result> load(Set<CacheKey> keys, Set<String> tried) throws InterruptedException {
    for (var key : keys) {
      for (var record : state.solver().keys().records(key)) {
        if (tried.add(record.resultId())) {
          var loaded = load(key, record);
          if (loaded.isPresent()) {
            return loaded;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Result> load(CacheKey key, CacheRecord record) throws InterruptedException {
    try {
      var loaded = state.solver().results().load(record.resultId());
      if (loaded.isPresent()) {
        state.progress().started(true).completed(Optional.empty());
        return loaded;
      }
    } catch (java.io.IOException | BuildException e) {
      state.solver().warn("can't load the result of " + state.vertex().digest(), e);
    }
    state.solver().keys().removeRecord(key, record);
    return Optional.empty();
  }

  // Looking up.

  private Match matchFast() throws InterruptedException {
    return state.inputs().isEmpty() ? matchRoot() : matchInputs(definitionLinks());
  }

  private Match matchRoot() throws InterruptedException {
    var keys = new LinkedHashSet<CacheKey>();
    for (int i = 0; ; i++) {
      var map = state.cacheMap(i);
      var key = state.solver().keys().root(map.digest(), output);
      keys.add(key);
      if (map.isLast() || !state.solver().keys().records(key).isEmpty()) {
        return new Match(keys, List.of(), true);
      }
    }
  }

  private List<Set<CacheKey.Link>> definitionLinks() throws InterruptedException {
    return forInputs(
        i -> links(state.inputs().get(i).keys(state.inputs().get(i).fast), selector(i)));
  }

  private static Set<CacheKey.Link> links(Collection<CacheKey> keys, String selector) {
    return keys.stream()
        .map(key -> new CacheKey.Link(key, selector))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private String selector(int input) throws InterruptedException {
    return dep(input).selector();
  }

  private CacheMap.Dep dep(int input) throws InterruptedException {
    var deps = state.cacheMap(0).deps();
    if (input >= deps.size()) {
      throw BuildException.invalid("cache map has no entry for input " + input);
    }
    return deps.get(input);
  }

  private Match matchInputs(List<Set<CacheKey.Link>> links) throws InterruptedException {
    var found = query(links);
    return new Match(intersection(found), links, false);
  }

  private List<Set<CacheKey>> query(List<Set<CacheKey.Link>> links) throws InterruptedException {
    var opDigest = state.cacheMap(0).digest();
    var found = new ArrayList<Set<CacheKey>>();
    for (int i = 0; i < links.size(); i++) {
      found.add(state.solver().keys().query(links.get(i), i, opDigest, output));
    }
    return found;
  }

  private static Set<CacheKey> intersection(List<Set<CacheKey>> sets) {
    var shared = new LinkedHashSet<>(sets.getFirst());
    sets.forEach(shared::retainAll);
    return shared;
  }

  /**
   * Widens the look by content: first only where an input had no match at all, and only if that
   * leaves every input with some match but none in common, the others too. So a changed local file
   * does not make an image that matched by definition be pulled and hashed.
   */
  private Match matchSlow() throws InterruptedException {
    if (state.inputs().isEmpty()) {
      return fast.await();
    }
    var links = new ArrayList<>(definitionLinks());
    var found = query(links);
    var missing = new ArrayList<Integer>();
    var matched = new ArrayList<Integer>();
    for (int i = 0; i < found.size(); i++) {
      (found.get(i).isEmpty() ? missing : matched).add(i);
    }
    widen(links, missing, false);
    found = query(links);
    if (found.stream().anyMatch(Set::isEmpty)) {
      return Match.NONE;
    }
    if (intersection(found).isEmpty()) {
      widen(links, matched, true);
      found = query(links);
    }
    return new Match(intersection(found), links, true);
  }

  private void widen(List<Set<CacheKey.Link>> links, List<Integer> inputs, boolean evenIfMatched)
      throws InterruptedException {
    var opDigest = state.cacheMap(0).digest();
    try (var scope = TaskScope.open()) {
      for (int i : inputs) {
        scope.fork(() -> {
          var input = state.inputs().get(i);
          links.get(i).addAll(links(input.keys(input.slow), selector(i)));
          var keys = state.solver().keys();
          if (evenIfMatched || keys.query(links.get(i), i, opDigest, output).isEmpty()) {
            addContent(links.get(i), i);
          }
          return Boolean.TRUE;
        });
      }
      scope.join();
    }
  }

  private void addContent(Set<CacheKey.Link> links, int input) throws InterruptedException {
    if (dep(input).content().isPresent()) {
      links.add(contentLink(input));
    }
  }

  private CacheKey.Link contentLink(int input) throws InterruptedException {
    return new CacheKey.Link(CacheKey.content(state.contentDigest(input)), "");
  }

  // Running.

  private Outcome produce(Set<String> tried) throws InterruptedException {
    var inputs = forInputs(i -> state.inputs().get(i).await());
    var all = forInputs(i -> alternatives(i, inputs.get(i).keys()));
    var nameable = forInputs(i -> alternatives(i, inputs.get(i).nameable()));
    if (!state.vertex().ignoresCache() && !inputs.isEmpty()) {
      var keys = intersection(query(nameable));
      var hit = load(keys, tried);
      if (hit.isPresent()) {
        return found(hit.get(), new Match(keys, nameable, true));
      }
    }
    var results = inputs.stream().map(Outcome::result).toList();
    var outputs = state.run(identity(nameable), results);
    if (output >= outputs.size()) {
      throw BuildException.failed(
          "invalid response from exec need %d index but %d results received"
              .formatted(output, outputs.size()));
    }
    return save(outputs.get(output), all, nameable);
  }

  private Set<CacheKey.Link> alternatives(int input, Set<CacheKey> keys)
      throws InterruptedException {
    var links = links(keys, selector(input));
    addContent(links, input);
    return links;
  }

  private WorkIdentity identity(List<Set<CacheKey.Link>> nameable) throws InterruptedException {
    var inputs = new ArrayList<Set<String>>();
    for (int i = 0; i < nameable.size(); i++) {
      var names = new HashSet<String>();
      nameable.get(i).forEach(link -> names.add(link.key().id() + " " + link.selector()));
      if (names.isEmpty()) {
        names.add("private " + state.inputs().get(i).state().vertex().digest());
      }
      inputs.add(names);
    }
    return new WorkIdentity(state.cacheMap(0).digest(), inputs, state.vertex().ignoresCache());
  }

  private Outcome save(
      Result result, List<Set<CacheKey.Link>> all, List<Set<CacheKey.Link>> nameable)
      throws InterruptedException {
    var graph = state.solver().keys();
    var keys = new LinkedHashSet<CacheKey>();
    var offered = new LinkedHashSet<CacheKey>();
    if (state.inputs().isEmpty()) {
      state.cacheMap(0);
      state.knownCacheMaps().forEach(map -> keys.add(graph.root(map.digest(), output)));
      offered.addAll(keys);
    } else {
      var opDigest = state.cacheMap(0).digest();
      keys.add(graph.intern(opDigest, output, all));
      if (nameable.equals(all)) {
        offered.addAll(keys);
      } else if (nameable.stream().noneMatch(Set::isEmpty)) {
        offered.add(graph.intern(opDigest, output, nameable));
      }
    }
    record(result, keys);
    boolean forced = state.vertex().ignoresCache();
    return new Outcome(result.retain(), keys, forced ? Set.of() : offered, false);
  }

  private void record(Result result, Set<CacheKey> keys) {
    if (keys.stream().allMatch(CacheKey::isEphemeral)) {
      return;
    }
    try {
      var id = state.solver().results().save(result);
      var record = new CacheRecord(id, state.solver().clock().instant());
      keys.forEach(key -> state.solver().keys().addRecord(key, record));
      state.solver().keys().flush();
    } catch (java.io.IOException e) {
      throw BuildException.failed("failed to store the result", e);
    }
  }

  private <T> List<T> forInputs(PerInput<T> body) throws InterruptedException {
    try (var scope = TaskScope.open()) {
      var tasks = new ArrayList<TaskScope.Task<T>>();
      for (int i = 0; i < state.inputs().size(); i++) {
        int input = i;
        tasks.add(scope.fork(() -> body.of(input)));
      }
      scope.join();
      return tasks.stream()
          .map(TaskScope.Task::get)
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  @FunctionalInterface
  private interface PerInput<T> {
    T of(int input) throws InterruptedException;
  }
}
