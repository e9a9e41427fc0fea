package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;

/** Asks the key graph for one output of a vertex, by definition or by content of its inputs. */
final class Lookup<J extends Participant> {
  private final VertexState<J> state;
  private final int output;

  Lookup(VertexState<J> state, int output) {
    this.state = state;
    this.output = output;
  }

  /** Makes nothing and looks at no content. */
  Match byDefinition() throws InterruptedException {
    if (state.inputs().isEmpty()) {
      return root();
    }
    return taught(definitionLinks(), Set.of(), false);
  }

  private Match root() throws InterruptedException {
    var keys = new LinkedHashSet<CacheKey>();
    for (int i = 0; ; i++) {
      var map = state.cacheMap(i);
      var key = CacheKey.root(map.digest(), output);
      keys.add(key);
      if (map.isLast() || !graph().records(Set.of(key)).isEmpty()) {
        return new Match(keys, map.isLast());
      }
    }
  }

  /** All keys of a root, for when the record found first can't be loaded. */
  private Match wholeRoot() throws InterruptedException {
    int last = 0;
    while (!state.cacheMap(last).isLast()) {
      last++;
    }
    return byNames(List.of());
  }

  private KeyGraph graph() {
    return state.solver().keys();
  }

  private List<Set<CacheKey.Link>> definitionLinks() throws InterruptedException {
    return forInputs(i -> links(i, state.inputs().get(i).definitionKeys()));
  }

  Set<CacheKey.Link> links(int input, Collection<CacheKey> keys) throws InterruptedException {
    var selector = dep(input).selector();
    var links = new LinkedHashSet<CacheKey.Link>();
    keys.forEach(key -> links.add(new CacheKey.Link(key, selector)));
    return links;
  }

  CacheMap.Dep dep(int input) throws InterruptedException {
    var deps = state.cacheMap(0).deps();
    if (input >= deps.size()) {
      throw BuildException.invalid("cache map has no entry for input " + input);
    }
    return deps.get(input);
  }

  private List<Set<CacheKey>> query(List<Set<CacheKey.Link>> links) throws InterruptedException {
    var opDigest = state.cacheMap(0).digest();
    var found = new ArrayList<Set<CacheKey>>();
    for (int i = 0; i < links.size(); i++) {
      found.add(graph().query(links.get(i), i, opDigest, output));
    }
    return found;
  }

  private Set<CacheKey> matches(List<Set<CacheKey.Link>> links) throws InterruptedException {
    return graph().matches(state.cacheMap(0).digest(), output, links);
  }

  /** The match of these names, which the keys found go by from now on. */
  private Match taught(List<Set<CacheKey.Link>> links, Set<Integer> made, boolean isFinal)
      throws InterruptedException {
    var keys = matches(links);
    var certain = new ArrayList<Set<CacheKey.Link>>();
    for (int i = 0; i < links.size(); i++) {
      // Several keys of an input that is not made may be names of what it was at several times.
      boolean isOne = links.get(i).size() == 1 || state.inputs().get(i).state().isRoot();
      certain.add(isOne || made.contains(i) ? links.get(i) : Set.of());
    }
    keys.forEach(key -> graph().learn(key, certain));
    return new Match(keys, isFinal);
  }

  /** By the names of inputs that are all made. */
  Match byNames(List<Set<CacheKey.Link>> names) throws InterruptedException {
    if (!names.isEmpty()) {
      var all = new HashSet<Integer>();
      for (int i = 0; i < names.size(); i++) {
        all.add(i);
      }
      return taught(names, all, true);
    }
    var keys = new LinkedHashSet<CacheKey>();
    state.knownCacheMaps().forEach(map -> keys.add(CacheKey.root(map.digest(), output)));
    return new Match(keys, true);
  }

  /**
   * Widens the look by content: first only where an input had no match at all, and only if that
   * leaves every input with some match but none in common, the others too. So a changed local file
   * does not make an image that matched by definition be pulled and hashed.
   */
  Match byContent() throws InterruptedException {
    if (state.isRoot()) {
      return wholeRoot();
    }
    var links = definitionLinks();
    var found = query(links);
    var missing = new ArrayList<Integer>();
    var matched = new ArrayList<Integer>();
    for (int i = 0; i < found.size(); i++) {
      (found.get(i).isEmpty() ? missing : matched).add(i);
    }
    Set<Integer> made = ConcurrentHashMap.newKeySet();
    widen(links, missing, false, made);
    found = query(links);
    if (found.stream().anyMatch(Set::isEmpty)) {
      return Match.NONE;
    }
    if (matches(links).isEmpty()) {
      widen(links, matched, true, made);
    }
    return taught(links, made, true);
  }

  private void widen(
      List<Set<CacheKey.Link>> links,
      List<Integer> inputs,
      boolean evenIfMatched,
      Set<Integer> made)
      throws InterruptedException {
    var opDigest = state.cacheMap(0).digest();
    forEach(
        inputs,
        i -> {
          var input = state.inputs().get(i);
          links.get(i).addAll(links(i, input.contentKeys()));
          boolean matches = !graph().query(links.get(i), i, opDigest, output).isEmpty();
          if ((evenIfMatched || !matches) && dep(i).content().isPresent()) {
            var content = contentLink(state.content(i).await());
            // The input is made now: its names are known better than before.
            links.set(i, links(i, input.definitionKeys()));
            links.get(i).add(content);
            made.add(i);
          }
          return i;
        });
  }

  static CacheKey.Link contentLink(String contentDigest) {
    return new CacheKey.Link(CacheKey.content(contentDigest), "");
  }

  <T> List<T> forInputs(PerInput<T> body) throws InterruptedException {
    var all = new ArrayList<Integer>();
    for (int i = 0; i < state.inputs().size(); i++) {
      all.add(i);
    }
    return forEach(all, body);
  }

  /** In parallel; a single part needs no task of its own. */
  private <T> List<T> forEach(List<Integer> inputs, PerInput<T> body) throws InterruptedException {
    var values = new ArrayList<T>(inputs.size());
    if (inputs.size() == 1) {
      values.add(body.of(inputs.getFirst()));
      return values;
    }
    try (var scope = TaskScope.open(state.solver().slots().threads())) {
      var tasks = new ArrayList<TaskScope.Task<T>>();
      inputs.forEach(i -> tasks.add(scope.fork(() -> body.of(i))));
      scope.join();
      tasks.forEach(task -> values.add(task.get()));
    }
    return values;
  }

  /** What is done for one input. */
  @FunctionalInterface
  interface PerInput<T> {
    T of(int input) throws InterruptedException;
  }
}
