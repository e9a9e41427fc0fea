package org.jbuildkit.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.policysession.CheckPolicyRequest;
import org.jbuildkit.protocol.policysession.CheckPolicyResponse;
import org.jbuildkit.protocol.policysession.DecisionResponse;
import org.jbuildkit.protocol.sourcepolicy.AttrConstraint;
import org.jbuildkit.protocol.sourcepolicy.AttrMatch;
import org.jbuildkit.protocol.sourcepolicy.MatchType;
import org.jbuildkit.protocol.sourcepolicy.Policy;
import org.jbuildkit.protocol.sourcepolicy.PolicyAction;
import org.jbuildkit.protocol.sourcepolicy.Rule;
import org.jbuildkit.protocol.sourcepolicy.Selector;
import org.jbuildkit.protocol.sourcepolicy.Update;
import org.junit.jupiter.api.Test;

/** The vectors are answers of BuildKit v0.32.2. */
class SourceRulesTest {
  private static final String LIB = "docker-image://127.0.0.1:5302/lib/";
  private static final String BASE = LIB + "base:v1";

  private static Rule.Builder rule(PolicyAction action, MatchType type, String identifier) {
    return Rule.newBuilder()
        .setAction(action)
        .setSelector(Selector.newBuilder().setIdentifier(identifier).setMatchType(type));
  }

  private static Rule.Builder convert(MatchType type, String from, String to) {
    return rule(PolicyAction.CONVERT, type, from).setUpdates(Update.newBuilder().setIdentifier(to));
  }

  private static String evaluate(String identifier, Rule.Builder... rules) {
    var policy = Policy.newBuilder();
    List.of(rules).forEach(policy::addRules);
    var source = SourceOp.newBuilder().setIdentifier(identifier).build();
    return new SourceRules(List.of(policy.build())).evaluate(source).getIdentifier();
  }

  private static void assertDenied(String identifier, Rule.Builder... rules) {
    assertThatThrownBy(() -> evaluate(identifier, rules))
        .hasMessage("source \"%s\" denied by policy: source denied by policy".formatted(BASE));
  }

  @Test
  void theLastRuleThatMatchesDecides() {
    var denyAll = rule(PolicyAction.DENY, MatchType.WILDCARD, "*");
    var allow = rule(PolicyAction.ALLOW, MatchType.WILDCARD, BASE);
    assertThat(evaluate(BASE, denyAll, allow)).isEqualTo(BASE);
    assertDenied(BASE, allow, denyAll);
  }

  @Test
  void identifiersMatchAsTheirTypeSays() {
    assertThat(evaluate(BASE, rule(PolicyAction.DENY, MatchType.EXACT, LIB + "base")))
        .isEqualTo(BASE);
    assertDenied(BASE, rule(PolicyAction.DENY, MatchType.REGEX, "ba.e:v"));
    assertThat(evaluate(BASE, rule(PolicyAction.DENY, MatchType.WILDCARD, ""))).isEqualTo(BASE);
    assertThat(evaluate(BASE, rule(PolicyAction.DENY, MatchType.REGEX, ""))).isEqualTo(BASE);
  }

  @Test
  void sourcesAreConverted() {
    var source = LIB + "base:x1";
    assertThat(
            evaluate(
                source,
                convert(
                    MatchType.WILDCARD,
                    "docker-image://*/base:x*",
                    "docker-image://${1}/base:v$2")))
        .isEqualTo(BASE);
    assertThat(evaluate(source, convert(MatchType.REGEX, ":x(.)", ":v$1"))).isEqualTo(BASE);
    assertDenied(
        source,
        convert(MatchType.REGEX, ":x(.)", ":v$1"),
        rule(PolicyAction.DENY, MatchType.EXACT, BASE));
    assertThatThrownBy(() ->
            evaluate("a", convert(MatchType.EXACT, "a", "b"), convert(MatchType.EXACT, "b", "a")))
        .hasMessage("too many mutations on a single source: too many operations");
  }

  @Test
  void rulesThatMakeNoSenseAreErrors() {
    assertThatThrownBy(() -> evaluate(BASE, rule(PolicyAction.DENY, MatchType.REGEX, "ba(")))
        .hasMessage("error matching source policy: error parsing regexp: missing closing ): `ba(`");
    assertThatThrownBy(() -> evaluate(BASE, rule(PolicyAction.DENY, MatchType.WILDCARD, "a**")))
        .hasMessage(
            "error matching source policy: failed to translate wildcard \"a**\" to regexp:"
                + " invalid wildcard: \"**\"");
    assertThatThrownBy(() -> evaluate(BASE, rule(PolicyAction.CONVERT, MatchType.EXACT, BASE)))
        .hasMessage("error mutating source policy: missing destination for convert rule");
  }

  @Test
  void missingAttributesReadAsEmpty() {
    for (var condition : List.of(AttrMatch.NOTEQUAL, AttrMatch.MATCHES)) {
      var value = condition == AttrMatch.MATCHES ? "^$" : "x";
      var constraint =
          AttrConstraint.newBuilder().setKey("k").setValue(value).setCondition(condition);
      var deny = rule(PolicyAction.DENY, MatchType.WILDCARD, "*");
      deny.getSelectorBuilder().addConstraints(constraint);
      assertDenied(BASE, deny);
    }
  }

  private static final Op IMAGE =
      Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier(BASE)).build();

  private static SourceGate gate(SourceGate.Verifier verifier, SourceGate.Metadata metadata) {
    return new SourceGate(new SourceChecks(SourceRules.NONE, Optional.of(verifier)), metadata);
  }

  private static CheckPolicyResponse decide(DecisionResponse.Builder decision) {
    return CheckPolicyResponse.newBuilder().setDecision(decision).build();
  }

  @Test
  void theClientMayAskBeforeItDecides() throws Exception {
    var asked = new ArrayList<CheckPolicyRequest>();
    var gate =
        gate(
            request -> {
              asked.add(request);
              return request.getSource().hasImage()
                  ? decide(DecisionResponse.newBuilder().setAction(PolicyAction.ALLOW))
                  : CheckPolicyResponse.newBuilder()
                      .setRequest(
                          ResolveSourceMetaRequest.newBuilder().setSource(IMAGE.getSource()))
                      .build();
            },
            request -> {
              var answer = ResolveSourceMetaResponse.newBuilder().setSource(request.getSource());
              answer.getImageBuilder().setDigest("sha256:1");
              return answer.build();
            });
    assertThat(gate.pass(IMAGE)).isEqualTo(IMAGE);
    assertThat(asked).hasSize(2);
    assertThat(asked.getLast().getSource().getImage().getDigest()).isEqualTo("sha256:1");
  }

  @Test
  void theClientMayRefuseAndChange() throws Exception {
    var denying =
        gate(
            _ -> decide(DecisionResponse.newBuilder().setAction(PolicyAction.DENY)),
            _ -> ResolveSourceMetaResponse.getDefaultInstance());
    assertThatThrownBy(() -> denying.pass(IMAGE))
        .hasMessage("source \"%s\" not allowed by policy: action DENY".formatted(BASE));
    var other = SourceOp.newBuilder().setIdentifier(LIB + "other");
    var changing =
        gate(
            request ->
                request.getSource().getSource().getIdentifier().equals(BASE)
                    ? decide(
                        DecisionResponse.newBuilder()
                            .setAction(PolicyAction.CONVERT)
                            .setUpdate(other))
                    : decide(DecisionResponse.newBuilder()),
            _ -> ResolveSourceMetaResponse.getDefaultInstance());
    assertThat(changing.pass(IMAGE).getSource()).isEqualTo(other.build());
  }

  @Test
  void endlessQuestionsAndEmptyAnswersAreErrors() {
    var asking =
        gate(
            _ ->
                CheckPolicyResponse.newBuilder()
                    .setRequest(ResolveSourceMetaRequest.newBuilder().setSource(IMAGE.getSource()))
                    .build(),
            _ -> ResolveSourceMetaResponse.getDefaultInstance());
    assertThatThrownBy(() -> asking.pass(IMAGE)).hasMessage("too many policy requests");
    var silent =
        gate(
            _ -> CheckPolicyResponse.getDefaultInstance(),
            _ -> ResolveSourceMetaResponse.getDefaultInstance());
    assertThatThrownBy(() -> silent.pass(IMAGE)).hasMessage("no decision in policy response");
  }
}
