package org.jbuildkit.buildctl.build;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.sourcepolicy.AttrConstraint;
import org.jbuildkit.protocol.sourcepolicy.AttrMatch;
import org.jbuildkit.protocol.sourcepolicy.MatchType;
import org.jbuildkit.protocol.sourcepolicy.Policy;
import org.jbuildkit.protocol.sourcepolicy.PolicyAction;
import org.jbuildkit.protocol.sourcepolicy.Rule;
import org.jbuildkit.protocol.sourcepolicy.Selector;
import org.jbuildkit.protocol.sourcepolicy.Update;

/** A source policy in a JSON file. */
final class SourcePolicyFile {
  private SourcePolicyFile() {}

  /** The file's policy; none where no file is named. */
  static Optional<Policy> read(String file) throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(policy(Json.parseObject(Files.readAllBytes(Path.of(file)))));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed(
          "failed to unmarshal source-policy-file \"" + file + "\": " + e.getMessage());
    }
  }

  private static Policy policy(Json.Obj json) {
    var policy = Policy.newBuilder().setVersion(json.number("version"));
    for (var element : json.array("rules")) {
      if (element instanceof Json.Obj rule) {
        policy.addRules(rule(rule));
      }
    }
    return policy.build();
  }

  private static Rule rule(Json.Obj json) {
    var rule = Rule.newBuilder();
    constant(json, "action")
        .ifPresent(name ->
            rule.setAction(
                name.matches("[0-9]+")
                    ? PolicyAction.forNumber(Integer.parseInt(name))
                    : PolicyAction.valueOf(name)));
    if (json.get("selector").isPresent()) {
      rule.setSelector(selector(json.object("selector")));
    }
    if (json.get("updates").isPresent()) {
      var updates = json.object("updates");
      rule.setUpdates(
          Update.newBuilder()
              .setIdentifier(updates.text("identifier"))
              .putAllAttrs(updates.textMap("attrs")));
    }
    return rule.build();
  }

  private static Selector selector(Json.Obj json) {
    var selector = Selector.newBuilder().setIdentifier(json.text("identifier"));
    constant(json, "match_type")
        .or(() -> constant(json, "matchType"))
        .ifPresent(name ->
            selector.setMatchType(
                name.matches("[0-9]+")
                    ? MatchType.forNumber(Integer.parseInt(name))
                    : MatchType.valueOf(name)));
    for (var element : json.array("constraints")) {
      if (element instanceof Json.Obj constraint) {
        var added =
            AttrConstraint.newBuilder()
                .setKey(constraint.text("key"))
                .setValue(constraint.text("value"));
        constant(constraint, "condition")
            .ifPresent(name ->
                added.setCondition(
                    name.matches("[0-9]+")
                        ? AttrMatch.forNumber(Integer.parseInt(name))
                        : AttrMatch.valueOf(name)));
        selector.addConstraints(added);
      }
    }
    return selector.build();
  }

  private static Optional<String> constant(Json.Obj json, String name) {
    return json.get(name)
        .map(value ->
            switch (value) {
              case Json.Str(String text) -> text;
              case Json.Num(BigDecimal number) -> number.toPlainString();
              default -> throw new IllegalArgumentException("invalid value for " + name);
            });
  }
}
