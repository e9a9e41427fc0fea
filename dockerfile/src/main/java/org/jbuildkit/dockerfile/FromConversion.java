package org.jbuildkit.dockerfile;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.lint.Rule;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Suggestion;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.oci.Platform;

/** Turns FROM into a stage that is still to be filled. */
final class FromConversion {
  private static final String TARGET_PLATFORM = "TARGETPLATFORM";

  private final BuildScene scene;
  private final Places places;
  private final Instruction.From from;
  private final Linter lint;
  private final ParameterUse parameters;

  FromConversion(BuildScene scene, Places places, Instruction.From from) {
    this.scene = scene;
    this.places = places;
    this.from = from;
    this.lint = scene.lint.with(from.line().comments());
    this.parameters = new ParameterUse(scene.arguments.declared());
  }

  /**
   * @throws BuildException for names and platforms that cannot be; the platform's have their place
   *     twice, as upstream's have
   */
  Stage convert(StageGraph graph) {
    String base;
    try {
      base = expand(from.base(), scene.arguments.lookup());
      if (base.isEmpty()) {
        throw BuildException.invalid("base name (" + from.base() + ") should not be blank");
      }
    } catch (BuildException e) {
      throw places.at(from.line(), e);
    }
    var platform = from.platform().isEmpty() ? Optional.<Platform>empty() : Optional.of(platform());
    var named =
        from.stage()
            .flatMap(name -> NamedContexts.find(scene, name, platform.orElse(scene.target)));
    return new Stage(
        from,
        graph.stages().size(),
        base,
        graph.base(base),
        platform,
        scene.target,
        named,
        parameters);
  }

  private String expand(String word, Lookup lookup) {
    try {
      return Words.expand(word, scene.escape, lookup, Words.Style.WORD);
    } finally {
      parameters.use(lookup.found());
      reportUndeclared(lookup.missing());
    }
  }

  private void reportUndeclared(Set<String> missing) {
    var known = new LinkedHashSet<>(scene.arguments.declared().keySet());
    known.addAll(scene.arguments.lookup().names());
    for (var name : missing) {
      if (!known.contains(name)) {
        lint.report(
            Rule.UNDEFINED_ARG_IN_FROM, from.line().ranges(), name, Suggestion.text(name, known));
      }
    }
  }

  private Platform platform() {
    var written = from.platform();
    var lookup = scene.arguments.lookup();
    String expanded;
    try {
      expanded = expand(written, lookup);
    } catch (BuildException e) {
      throw places.at(from.line(), e.within("failed to process arguments for platform "));
    }
    reportPlatform(written, expanded, lookup);
    if (expanded.isEmpty()) {
      throw places.at(
          from.line(),
          BuildException.invalid(
              "empty platform value from expression " + written + suggestion(lookup)));
    }
    try {
      return Platform.parseWritten(expanded);
    } catch (BuildException e) {
      var error = e.within("failed to parse platform " + written).followedBy(suggestion(lookup));
      throw places.also(from.line(), places.also(from.line(), error));
    }
  }

  private void reportPlatform(String written, String expanded, Lookup lookup) {
    var ranges = from.line().ranges();
    boolean isTarget = lookup.missing().isEmpty() && lookup.found().equals(Set.of(TARGET_PLATFORM));
    if (isTarget && scene.arguments.inherited(TARGET_PLATFORM).equals(Optional.of(expanded))) {
      lint.report(Rule.REDUNDANT_TARGET_PLATFORM, ranges, written);
    }
    boolean isConstant = lookup.missing().isEmpty() && lookup.found().isEmpty();
    if (isConstant && !isNamedAfter(expanded)) {
      lint.report(Rule.FROM_PLATFORM_FLAG_CONST_DISALLOWED, ranges, expanded);
    }
  }

  /** Whether the stage's name tells that it is for this platform, or the platform is none. */
  private boolean isNamedAfter(String text) {
    try {
      var platform = Platform.parse(text);
      var name = from.stage().orElse("");
      return name.contains(platform.os()) || name.contains(platform.architecture());
    } catch (BuildException _) {
      return true;
    }
  }

  private String suggestion(Lookup lookup) {
    return lookup.missing().stream()
        .map(name -> Suggestion.text(name, lookup.names()))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** What upstream says of an image name that is none. */
  static BuildException noImage(String name, BuildException error) {
    return error.within("failed to parse stage name " + GoQuote.quote(name));
  }
}
