package org.jbuildkit.engine.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.sourcepolicy.Policy;
import org.jbuildkit.protocol.sourcepolicy.PolicyAction;
import org.jbuildkit.protocol.sourcepolicy.Rule;

/** Policies in their order: which sources are allowed, and which others are taken instead. */
public record SourceRules(List<Policy> policies) {
  /** Everything is allowed. */
  public static final SourceRules NONE = new SourceRules(List.of());

  private static final int MAX_CHANGES = 20;

  public SourceRules {
    policies = List.copyOf(policies);
  }

  /** These, then others. */
  public SourceRules with(List<Policy> more) {
    var all = new ArrayList<>(policies);
    all.addAll(more);
    return new SourceRules(all);
  }

  /** What becomes of a source by one policy. */
  private sealed interface Verdict {
    record Allowed() implements Verdict {}

    record Denied() implements Verdict {}

    record Changed(SourceOp source) implements Verdict {}
  }

  /**
   * The source that is taken: this one, or what rules made of it.
   *
   * @throws BuildException if it is denied, and for rules that make no sense
   */
  public SourceOp evaluate(SourceOp source) {
    var current = source;
    for (int changes = 0; ; changes++) {
      if (changes > MAX_CHANGES) {
        throw BuildException.failed("too many mutations on a single source: too many operations");
      }
      var changed = round(current);
      if (changed.isEmpty()) {
        return current;
      }
      current = changed.get();
    }
  }

  /** The source that the first rule that changes it makes of it; nothing if none does. */
  private Optional<SourceOp> round(SourceOp source) {
    for (var policy : policies) {
      switch (verdict(policy, source)) {
        case Verdict.Allowed() -> {}
        case Verdict.Denied() ->
            throw BuildException.failed(
                "source \"%s\" denied by policy: source denied by policy"
                    .formatted(source.getIdentifier()));
        case Verdict.Changed(var changed) -> {
          return Optional.of(changed);
        }
      }
    }
    return Optional.empty();
  }

  private static Verdict verdict(Policy policy, SourceOp source) {
    Verdict last = new Verdict.Allowed();
    for (var rule : policy.getRulesList()) {
      if (!matches(rule, source)) {
        continue;
      }
      switch (rule.getAction()) {
        case ALLOW -> last = new Verdict.Allowed();
        case DENY -> last = new Verdict.Denied();
        case CONVERT -> {
          var changed = converted(rule, source);
          if (!changed.equals(source)) {
            return new Verdict.Changed(changed);
          }
        }
        case UNRECOGNIZED ->
            throw BuildException.failed(
                "source policy: rule %d %s: unknown type \"%d\""
                    .formatted(
                        policy.getRulesList().indexOf(rule),
                        PolicyAction.UNRECOGNIZED,
                        rule.getActionValue()));
      }
    }
    return last;
  }

  private static boolean matches(Rule rule, SourceOp source) {
    if (!rule.hasSelector()) {
      throw BuildException.failed("error matching source policy: invalid nil selector in policy");
    }
    try {
      return new SelectorMatch(rule.getSelector()).matches(source);
    } catch (BuildException e) {
      throw e.within("error matching source policy");
    }
  }

  private static SourceOp converted(Rule rule, SourceOp source) {
    if (!rule.hasUpdates()) {
      throw BuildException.failed(
          "error mutating source policy: missing destination for convert rule");
    }
    var updates = rule.getUpdates();
    var template =
        updates.getIdentifier().isEmpty()
            ? rule.getSelector().getIdentifier()
            : updates.getIdentifier();
    var identifier =
        new SelectorMatch(rule.getSelector()).convert(source.getIdentifier(), template);
    return source.toBuilder().setIdentifier(identifier).putAllAttrs(updates.getAttrsMap()).build();
  }
}
