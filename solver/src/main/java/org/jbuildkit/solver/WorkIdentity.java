package org.jbuildkit.solver;

import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What makes two runs the same: the op, and at every input at least one name in common.
 *
 * @param inputs ids of keys with selectors; a private name stands for an input without any
 * @param isForced whether an existing record must not stand for the run
 */
record WorkIdentity(String opDigest, List<Set<String>> inputs, boolean isForced) {

  /** Whether a run of {@code this} may be replaced by a run of {@code other}. */
  boolean isServedBy(WorkIdentity other) {
    if (!opDigest.equals(other.opDigest) || inputs.size() != other.inputs.size()) {
      return false;
    }
    if (isForced && !other.isForced) {
      return false;
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (Collections.disjoint(inputs.get(i), other.inputs.get(i))) {
        return false;
      }
    }
    return true;
  }
}
