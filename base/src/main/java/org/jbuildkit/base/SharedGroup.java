package org.jbuildkit.base;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Slots that wait for each other. The group knows which bodies run and which slot each of them
 * waits for, and refuses a wait that could never end.
 *
 * <p>Only a slot that {@code nests} can close a circle: all others wait for what they were made
 * from. So circles are looked for only while a nesting slot waits.
 *
 * <p>Lock order: this object's monitor guards the waits; no gate is locked under it.
 */
public final class SharedGroup {
  private final Threads threads;
  private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
  private int nestedWaits;

  public SharedGroup(Threads threads) {
    this.threads = threads;
  }

  /** Where the group's tasks run. */
  public Threads threads() {
    return threads;
  }

  /** A slot of this group; see {@link Shared}. */
  public <T> Shared<T> slot(String name, Callable<T> body, Consumer<T> discard) {
    return new Shared<>(this, name, false, body, discard);
  }

  public <T> Shared<T> slot(String name, Callable<T> body) {
    return slot(name, body, _ -> {});
  }

  /** A slot whose body may come to wait for anything in the group, even for itself. */
  public <T> Shared<T> nestingSlot(String name, Callable<T> body, Consumer<T> discard) {
    return new Shared<>(this, name, true, body, discard);
  }

  /** One run of a slot's body. */
  static final class Flight {
    private final Shared<?> slot;
    private final boolean nests;
    private final long startedAt = System.nanoTime();
    private final List<Shared<?>> awaited = new ArrayList<>(1);

    Flight(Shared<?> slot, boolean nests) {
      this.slot = slot;
      this.nests = nests;
    }
  }

  void started(Flight flight) {
    flights.add(flight);
  }

  void ended(Flight flight) {
    flights.remove(flight);
  }

  /**
   * Notes that a body waits for a slot.
   *
   * @throws BuildException if the slot waits for the body, directly or not
   */
  synchronized void waits(Flight flight, Shared<?> slot) {
    if ((flight.nests || nestedWaits > 0) && leadsTo(slot, flight)) {
      throw new BuildException(
          ErrorCode.FAILED_PRECONDITION, "circular build: %s waits for itself".formatted(slot));
    }
    flight.awaited.add(slot);
    nestedWaits += flight.nests ? 1 : 0;
  }

  synchronized void waitsNoMore(Flight flight, Shared<?> slot) {
    flight.awaited.remove(slot);
    nestedWaits -= flight.nests ? 1 : 0;
  }

  private static boolean leadsTo(Shared<?> slot, Flight goal) {
    Set<Shared<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var pending = new ArrayDeque<Shared<?>>(List.of(slot));
    while (!pending.isEmpty()) {
      var next = pending.pop();
      if (!seen.add(next)) {
        continue;
      }
      @Nullable Flight flight = next.flight();
      if (flight == goal) {
        return true;
      }
      if (flight != null) {
        pending.addAll(flight.awaited);
      }
    }
    return false;
  }

  /**
   * A slot whose body runs, or that somebody waits for.
   *
   * @param waiters how many wait for it
   * @param awaits names of the slots that its body waits for
   */
  public record Activity(String name, Duration age, int waiters, List<String> awaits) {
    @Override
    public String toString() {
      return "%s, for %d ms, %d waiting%s"
          .formatted(
              name,
              age.toMillis(),
              waiters,
              awaits.isEmpty() ? "" : ", waits for " + String.join("; ", awaits));
    }
  }

  /** What runs at this moment, oldest first: for logs and dumps. */
  public List<Activity> running() {
    var now = System.nanoTime();
    return flights.stream()
        .sorted((a, b) -> Long.compare(a.startedAt - now, b.startedAt - now))
        .map(flight -> activity(flight, now))
        .toList();
  }

  private Activity activity(Flight flight, long now) {
    var awaits = new HashSet<String>();
    synchronized (this) {
      flight.awaited.forEach(slot -> awaits.add(slot.toString()));
    }
    return new Activity(
        flight.slot.toString(),
        Duration.ofNanos(now - flight.startedAt),
        flight.slot.waiters(),
        awaits.stream().sorted().toList());
  }
}
