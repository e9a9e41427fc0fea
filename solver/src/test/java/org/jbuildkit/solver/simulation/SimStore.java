package org.jbuildkit.solver.simulation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.ResultStore;

/** Saved results; some get lost, or turn out to be unusable once they are looked at. */
final class SimStore implements ResultStore {
  private final World world;
  private final Map<String, SimResult.Value> values = new LinkedHashMap<>();
  private final Map<String, Set<String>> needed = new LinkedHashMap<>();
  private final Set<String> gone = new HashSet<>();
  private final Set<String> lost = new HashSet<>();
  private int loads;

  SimStore(World world) {
    this.world = world;
  }

  @Override
  public String save(Result result) throws IOException {
    world.threads().pause();
    var mine = (SimResult) result;
    if (world.chance(world.chaos().saveFails())) {
      throw new IOException(world.boom("save", mine.peek().all().op()));
    }
    var id = "result" + values.size();
    world.trace("saved %s of %s".formatted(id, mine.peek().name()));
    values.put(id, mine.peek());
    needed.put(id, mine.saved());
    world.runs().savedAs(id, mine.peek().name());
    return id;
  }

  @Override
  public Optional<Result> load(String resultId) throws IOException {
    world.threads().pause();
    loads++;
    world.trace("load of " + resultId);
    var value = values.get(resultId);
    if (value == null) {
      world.violation("a result is loaded that was never saved: " + resultId);
      return Optional.empty();
    }
    if (lost.contains(resultId)) {
      return Optional.empty();
    }
    if (world.chance(world.chaos().loadFails())) {
      lost.add(resultId);
      return switch (world.random().nextInt(3)) {
        case 0 -> throw new IOException("broken file");
        case 1 -> throw BuildException.failed("broken row");
        default -> Optional.empty();
      };
    }
    var all = new HashSet<>(needed.getOrDefault(resultId, Set.of()));
    all.add(resultId);
    return Optional.of(new SimResult(world, value, all));
  }

  /** Something happens to a saved result. */
  void damage() {
    var all = new ArrayList<>(values.keySet());
    if (!all.isEmpty()) {
      var id = all.get(world.random().nextInt(all.size()));
      (world.random().nextBoolean() ? gone : lost).add(id);
      world.trace("damaged " + id);
    }
  }

  boolean isGone(String id) {
    return gone.contains(id) || isAnyGone(needed.getOrDefault(id, Set.of()));
  }

  boolean isAnyGone(Set<String> ids) {
    return ids.stream().anyMatch(gone::contains);
  }

  /** Whether it may not be there any more for whoever looks for it. */
  boolean isDamaged(String id) {
    return lost.contains(id) || isGone(id);
  }

  int loads() {
    return loads;
  }

  List<String> ids() {
    return List.copyOf(values.keySet());
  }
}
