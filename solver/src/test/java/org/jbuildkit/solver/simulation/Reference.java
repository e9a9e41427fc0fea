package org.jbuildkit.solver.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.solver.simulation.Spec.Input;

/**
 * What a naive evaluation may give: each vertex run on its inputs, with a cached outcome of any era
 * in place of a changing op's, unless the job forces it.
 */
final class Reference {
  private final int era;
  private final Set<Spec> forced;
  private final Map<List<Object>, Boolean> known = new HashMap<>();

  private String why = "";

  Reference(int era, Set<Spec> forced) {
    this.era = era;
    this.forced = forced;
  }

  boolean allows(SimResult.Value value, Input target) {
    return allows(value.all(), target, "", true)
        && allows(value.a(), target, "a", true)
        && allows(value.b(), target, "b", true);
  }

  private boolean allows(Term term, Input at, String part, boolean strict) {
    var question = List.<Object>of(term, at, part, strict);
    var answer = known.get(question);
    if (answer == null) {
      answer = part.isEmpty() ? allowsAll(term, at, strict) : allowsPart(term, at, part, strict);
      known.put(question, answer);
      if (!answer && why.isEmpty()) {
        why = "%s is not %s%s".formatted(term, at, part);
      }
    }
    return answer;
  }

  private boolean allowsAll(Term term, Input at, boolean strict) {
    var op = at.spec().op();
    var inputs = at.spec().inputs();
    int more = op.nested().isPresent() ? 1 : 0;
    if (!isOf(term, at, "*") || term.inputs().size() != inputs.size() + more) {
      return false;
    }
    if (!isOfItsTime(term, at, op.isChanging(), strict)) {
      return false;
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (!allows(term.inputs().get(i), inputs.get(i), op.deps().get(i).selector(), strict)) {
        return false;
      }
    }
    return more == 0 || allows(term.inputs().getLast(), op.nested().orElseThrow(), "", false);
  }

  private boolean allowsPart(Term term, Input at, String name, boolean strict) {
    var op = at.spec().op();
    var part = op.part(name);
    if (!part.constant().isEmpty()) {
      return isConstant(term, at, part, strict);
    }
    if (!isOf(term, at, name) || term.inputs().size() != part.inputs().size()) {
      return false;
    }
    if (!isOfItsTime(term, at, op.isChanging() && part.changes(), strict)) {
      return false;
    }
    for (int i = 0; i < part.inputs().size(); i++) {
      int input = part.inputs().get(i);
      var selector = op.deps().get(input).selector();
      if (!allows(term.inputs().get(i), at.spec().inputs().get(input), selector, strict)) {
        return false;
      }
    }
    return true;
  }

  private boolean isConstant(Term term, Input at, Spec.OpSpec.Part part, boolean strict) {
    int oldest = strict && forced.contains(at.spec()) ? era : Math.max(1, era - 1);
    for (int time = oldest; time <= era; time++) {
      if (term.op().equals(World.constant(at.spec().op(), part, time))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(Term term, Input at, String part) {
    return term.op().equals(at.spec().op().digest())
        && term.output() == at.output()
        && term.part().equals(part);
  }

  private boolean isOfItsTime(Term term, Input at, boolean changes, boolean strict) {
    if (!changes) {
      return term.era() == 0;
    }
    int oldest = strict && forced.contains(at.spec()) ? era : 1;
    return term.era() >= oldest && term.era() <= era;
  }

  /** The first that was not allowed. */
  String why() {
    return why;
  }

  /** Whether a run of an op in this graph may come to need the same op's run. */
  static boolean mayBeCircular(Spec root) {
    for (var spec : root.closure(true)) {
      if (spec.op().nested().isEmpty()) {
        continue;
      }
      var ops = new HashSet<Spec.OpSpec>();
      spec.op().nested().get().spec().closure(true).forEach(inner -> ops.add(inner.op()));
      if (ops.contains(spec.op())) {
        return true;
      }
    }
    return false;
  }
}
