package org.jbuildkit.solver.simulation;

import java.util.Set;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.ResultGone;

/** A counted handle on a value, some of which may have to be fetched from saved results. */
final class SimResult implements Result {
  private final World world;
  private final Value value;
  private final Set<String> saved;
  private boolean open = true;

  /**
   * @param all the whole
   * @param a a part that may be selected
   * @param b another
   * @param name what it was made by, see {@link Runs}
   */
  record Value(Term all, Term a, Term b, String name) {
    Term part(String selector) {
      return switch (selector) {
        case "a" -> a;
        case "b" -> b;
        default -> all;
      };
    }
  }

  /**
   * @param saved ids of saved results that must be there when the value is looked at
   */
  SimResult(World world, Value value, Set<String> saved) {
    this.world = world;
    this.value = value;
    this.saved = saved;
    world.opened(1);
  }

  /** The value, looked at closely. */
  Value read() {
    requireOpen();
    if (world.store().isAnyGone(saved)) {
      throw new ResultGone(world.store()::isGone, new IllegalStateException("blob is gone"));
    }
    return value;
  }

  /** The value as it is known by name. */
  Value peek() {
    requireOpen();
    return value;
  }

  Set<String> saved() {
    return saved;
  }

  private void requireOpen() {
    if (!open) {
      world.violation("a closed handle is used: " + value.all());
    }
  }

  @Override
  public Result retain() {
    requireOpen();
    return new SimResult(world, value, saved);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      world.opened(-1);
    }
  }
}
