package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a value was computed from, made once per world: equal terms are the same object.
 *
 * @param op the op's digest, or a constant's name
 * @param part {@code *} for all, or the name of a part that may be selected
 * @param era when it was computed, for ops whose outcome changes with time; else 0
 */
record Term(int id, String op, int output, String part, int era, List<Term> inputs) {

  /** A content digest: equal for equal terms. */
  String digest() {
    return "sha256:" + "%064d".formatted(id);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return op + "@" + output + part + (era == 0 ? "" : "#" + era) + inputs;
  }

  /** All terms of a world. */
  static final class Table {
    private final Map<List<Object>, Term> made = new HashMap<>();

    Term of(String op, int output, String part, int era, List<Term> inputs) {
      var ids = new ArrayList<Integer>();
      inputs.forEach(input -> ids.add(input.id()));
      return made.computeIfAbsent(
          List.of(op, output, part, era, ids),
          _ -> new Term(made.size() + 1, op, output, part, era, List.copyOf(inputs)));
    }
  }
}
