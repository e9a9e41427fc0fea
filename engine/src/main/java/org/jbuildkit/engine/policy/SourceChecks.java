package org.jbuildkit.engine.policy;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.protocol.sourcepolicy.Policy;

/**
 * What is asked before a build may use a source.
 *
 * @param rules that came with the build's request
 * @param verifier the client's word, asked after the rules
 */
public record SourceChecks(SourceRules rules, Optional<SourceGate.Verifier> verifier) {
  /** Builds may use everything. */
  public static final SourceChecks NONE = new SourceChecks(SourceRules.NONE, Optional.empty());

  /** These, with rules after those that there are. */
  public SourceChecks with(List<Policy> more) {
    return new SourceChecks(rules.with(more), verifier);
  }
}
