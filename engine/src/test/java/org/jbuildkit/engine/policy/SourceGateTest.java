package org.jbuildkit.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.sourcepolicy.MatchType;
import org.jbuildkit.protocol.sourcepolicy.Policy;
import org.jbuildkit.protocol.sourcepolicy.PolicyAction;
import org.jbuildkit.protocol.sourcepolicy.Rule;
import org.jbuildkit.protocol.sourcepolicy.Selector;
import org.junit.jupiter.api.Test;

/** By which names rules know sources. */
class SourceGateTest {
  private static SourceGate denying(String identifier) {
    var selector = Selector.newBuilder().setIdentifier(identifier).setMatchType(MatchType.EXACT);
    var rule = Rule.newBuilder().setAction(PolicyAction.DENY).setSelector(selector);
    var rules = new SourceRules(List.of(Policy.newBuilder().addRules(rule).build()));
    return new SourceGate(
        new SourceChecks(rules, Optional.empty()),
        _ -> {
          throw new AssertionError("nobody asks");
        });
  }

  private static Op source(String identifier, String url) {
    var source = SourceOp.newBuilder().setIdentifier(identifier);
    return Op.newBuilder().setSource(source.putAttrs("git.fullurl", url)).build();
  }

  @Test
  void aRepositoryHasOneNameHoweverItIsWritten() throws Exception {
    var gate = denying("git://h/repo.git#main:sub");

    assertThatThrownBy(() -> gate.pass(source("git://h/./repo.git#main:./sub/", "")))
        .hasMessageContaining("denied by policy");
    assertThatThrownBy(() -> gate.pass(source("git://other/x#main:sub", "https://user@h/repo.git")))
        .hasMessageContaining("denied by policy");
    assertThat(gate.pass(source("git://h/a/../repo.git#dev", "")).getSource().getIdentifier())
        .isEqualTo("git://h/repo.git#dev");
  }
}
