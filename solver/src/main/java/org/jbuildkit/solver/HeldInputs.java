package org.jbuildkit.solver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Inputs of a run, with handles of its own: they outlive the builds that made them. */
final class HeldInputs implements AutoCloseable {
  private final List<Held> inputs;

  /**
   * @param outcome what was held
   * @param result a handle on it
   */
  record Held(Outcome outcome, Result result) {}

  private HeldInputs(List<Held> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  /** Those that are there. */
  static HeldInputs of(AtomicReferenceArray<@Nullable Held> held) {
    var there = new ArrayList<Held>();
    for (int i = 0; i < held.length(); i++) {
      var one = held.get(i);
      if (one != null) {
        there.add(one);
      }
    }
    return new HeldInputs(there);
  }

  List<Outcome> outcomes() {
    return inputs.stream().map(Held::outcome).toList();
  }

  Outcome outcome(int input) {
    return inputs.get(input).outcome();
  }

  Held held(int input) {
    return inputs.get(input);
  }

  List<Result> results() {
    return inputs.stream().map(Held::result).toList();
  }

  /**
   * Forgets the records that turned out to be unusable, and all that was made from them.
   *
   * @return whether there was any
   */
  static boolean forget(ResultGone gone, List<Outcome> outcomes) {
    var inputsFirst = new ArrayList<Outcome>();
    var seen = new HashSet<Outcome>();
    record Visit(Outcome outcome, boolean isDone) {}
    var stack = new ArrayDeque<Visit>();
    outcomes.forEach(outcome -> stack.push(new Visit(outcome, false)));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      if (visit.isDone()) {
        inputsFirst.add(visit.outcome());
      } else if (seen.add(visit.outcome())) {
        stack.push(new Visit(visit.outcome(), true));
        visit.outcome().inputs().forEach(input -> stack.push(new Visit(input, false)));
      }
    }
    var forgotten = new HashSet<Outcome>();
    for (var outcome : inputsFirst) {
      boolean isGone = outcome.hit().filter(hit -> gone.isGone(hit.resultId())).isPresent();
      if (isGone || outcome.inputs().stream().anyMatch(forgotten::contains)) {
        outcome.edge().forget(outcome);
        forgotten.add(outcome);
      }
    }
    return !forgotten.isEmpty();
  }

  @Override
  public void close() {
    inputs.forEach(input -> input.result().close());
  }
}
