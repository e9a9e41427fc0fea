package org.jbuildkit.solver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Shared;
import org.jspecify.annotations.Nullable;

/**
 * One output of a vertex, evaluated by straight-line code: look up by definition, look up by
 * content, else run. Each stage is computed once however many dependents wait for it.
 */
final class EdgeState<J extends Participant> {
  private final VertexState<J> state;
  private final int output;
  private final Lookup<J> lookup;
  private final Shared<Match> fast;
  private final Shared<Match> slow;
  private Shared<Outcome> outcome;

  EdgeState(VertexState<J> state, int output) {
    this.state = state;
    this.output = output;
    this.lookup = new Lookup<>(state, output);
    var slots = state.solver().slots();
    this.fast =
        slots.slot("definition keys of " + this, () -> Errors.at(state.vertex(), "", this::fast));
    this.slow =
        slots.slot("content keys of " + this, () -> Errors.at(state.vertex(), "", this::slow));
    this.outcome = newOutcome();
  }

  private Shared<Outcome> newOutcome() {
    return state
        .solver()
        .slots()
        .slot(
            "result of " + this,
            () -> Errors.at(state.vertex(), "", this::solve),
            made -> made.result().close());
  }

  private synchronized Shared<Outcome> outcome() {
    return outcome;
  }

  VertexState<J> state() {
    return state;
  }

  /** Names this output among those that are alive. */
  String name() {
    return state.name() + "@" + output;
  }

  /** Waits for the result and takes a handle on it, which the caller closes. */
  HeldInputs.Held hold() throws InterruptedException {
    while (true) {
      var slot = outcome();
      try {
        return slot.await(made -> new HeldInputs.Held(made, made.result().retain()));
      } catch (BuildException e) {
        if (slot.equals(outcome())) {
          throw e;
        }
        // The result was dropped meanwhile.
      }
    }
  }

  /** Drops a result that turned out to be unusable; the next one who needs it has it made anew. */
  void forget(Outcome unusable) {
    var dropped = outcome();
    if (dropped.peek().filter(unusable::equals).isEmpty()) {
      return;
    }
    synchronized (this) {
      if (!outcome.equals(dropped)) {
        return;
      }
      outcome = newOutcome();
    }
    unusable.hit().ifPresent(hit -> state.solver().keys().removeResult(hit.resultId()));
    state.abandonWork();
    dropped.close();
  }

  void close() {
    fast.close();
    slow.close();
    outcome().close();
  }

  /** The keys that dependents may probe with, as far as definitions tell. */
  Set<CacheKey> definitionKeys() throws InterruptedException {
    return keys(fast);
  }

  /** The keys that dependents may probe with, as far as looking at content tells. */
  Set<CacheKey> contentKeys() throws InterruptedException {
    return keys(slow);
  }

  private Set<CacheKey> keys(Shared<Match> tier) throws InterruptedException {
    var done = outcome().peek();
    if (done.isPresent()) {
      return done.get().nameable();
    }
    return state.vertex().ignoresCache() ? Set.of() : tier.await().keys();
  }

  private Match fast() throws InterruptedException {
    return lookup.byDefinition();
  }

  private Match slow() throws InterruptedException {
    return lookup.byContent();
  }

  private Outcome solve() throws InterruptedException {
    var tried = new HashSet<String>();
    if (!state.vertex().ignoresCache()) {
      for (var tier : List.of(fast, slow)) {
        var match = tier.await();
        var hit = load(match, tried);
        if (hit.isPresent()) {
          return hit.get();
        }
        if (match.isFinal()) {
          break;
        }
      }
    }
    return produce(tried);
  }

  /** The newest result recorded under any of the keys that can still be loaded. */
  private Optional<Outcome> load(Match match, Set<String> tried) throws InterruptedException {
    for (var found : state.solver().keys().records(match.keys()).entrySet()) {
      var record = found.getKey();
      if (tried.add(record.resultId())) {
        var loaded = load(record);
        if (loaded.isPresent()) {
          // All keys of a root are its own; others may stand for what inputs once were.
          var keys = state.inputs().isEmpty() ? match.keys() : found.getValue();
          return Optional.of(
              new Outcome(this, loaded.get(), keys, keys, Optional.of(record), List.of()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Result> load(CacheRecord record) throws InterruptedException {
    try {
      var loaded = state.solver().results().load(record.resultId());
      if (loaded.isPresent()) {
        state.progress().started(true).completed(Optional.empty());
        return loaded;
      }
    } catch (IOException | RuntimeException e) {
      state.solver().warn("can't load the result of " + state.vertex().digest(), e);
    }
    state.solver().keys().removeResult(record.resultId());
    return Optional.empty();
  }

  /** Runs the op, again if results that it was given turn out to be unusable. */
  private Outcome produce(Set<String> tried) throws InterruptedException {
    while (true) {
      try (var inputs = holdInputs()) {
        try {
          var made = produce(inputs, tried);
          if (made.isPresent()) {
            return made.get();
          }
        } catch (ResultGone gone) {
          if (!HeldInputs.forget(gone, inputs.outcomes())) {
            throw gone.asFailure();
          }
        }
      }
    }
  }

  private HeldInputs holdInputs() throws InterruptedException {
    var held = new AtomicReferenceArray<HeldInputs.@Nullable Held>(state.inputs().size());
    try {
      forInputs(i -> {
        held.set(i, state.inputs().get(i).hold());
        return i;
      });
      return HeldInputs.of(held);
    } catch (InterruptedException | RuntimeException | Error e) {
      HeldInputs.of(held).close();
      throw e;
    }
  }

  /** Nothing if what the run was given is unusable, or another output of this vertex dropped it. */
  private Optional<Outcome> produce(HeldInputs inputs, Set<String> tried)
      throws InterruptedException {
    var names =
        new InputNames(
            forInputs(i -> alternatives(i, inputs, inputs.outcome(i).keys())),
            forInputs(i -> alternatives(i, inputs, inputs.outcome(i).nameable())));
    var work = state.work(identity(names, inputs), inputs);
    if (!state.vertex().ignoresCache() && !work.isUnderway()) {
      // What ended before this run could be joined has left a record by now.
      var hit = load(lookup.byNames(names.nameable()), tried);
      if (hit.isPresent()) {
        return hit;
      }
    }
    try (var result = state.run(work, output)) {
      return Optional.of(save(result, work, names));
    } catch (ResultGone gone) {
      state.abandon(work);
      if (HeldInputs.forget(gone, work.from())) {
        return Optional.empty();
      }
      throw gone;
    } catch (BuildException e) {
      if (e.code() == ErrorCode.CANCELLED && !state.takesPartIn(work) && !state.isClosed()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Set<CacheKey.Link> alternatives(int input, HeldInputs inputs, Set<CacheKey> keys)
      throws InterruptedException {
    var links = lookup.links(input, keys);
    if (lookup.dep(input).content().isPresent()) {
      links.add(Lookup.contentLink(state.content(input).of(inputs.held(input))));
    }
    return links;
  }

  private WorkIdentity identity(InputNames names, HeldInputs inputs) throws InterruptedException {
    var all = new ArrayList<Set<String>>();
    for (int i = 0; i < names.nameable().size(); i++) {
      var known = new HashSet<String>();
      names.nameable().get(i).forEach(link -> known.add(link.key().id() + " " + link.selector()));
      if (known.isEmpty()) {
        known.add("private " + inputs.outcome(i).edge().name());
      }
      all.add(known);
    }
    return new WorkIdentity(state.cacheMap(0).digest(), all, state.vertex().ignoresCache());
  }

  private Outcome save(Result result, Work<J> work, InputNames names) throws InterruptedException {
    var keys = new LinkedHashSet<CacheKey>();
    if (state.inputs().isEmpty()) {
      state.cacheMap(0);
      state.knownCacheMaps().forEach(map -> keys.add(CacheKey.root(map.digest(), output)));
    } else {
      var opDigest = state.cacheMap(0).digest();
      var key = state.solver().keys().intern(opDigest, output, names);
      keys.add(key.isEphemeral() ? work.name(output, key) : key);
    }
    record(result, keys);
    boolean offered = !state.vertex().ignoresCache() && names.isNameable();
    return new Outcome(
        this, result.retain(), keys, offered ? keys : Set.of(), Optional.empty(), work.from());
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
    } catch (IOException e) {
      throw BuildException.failed("failed to store the result", e);
    }
  }

  private <T> List<T> forInputs(Lookup.PerInput<T> body) throws InterruptedException {
    return lookup.forInputs(body);
  }

  @Override
  public String toString() {
    return name();
  }
}
