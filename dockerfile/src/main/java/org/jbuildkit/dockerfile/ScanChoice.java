package org.jbuildkit.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.dockerfile.syntax.GoBool;
import org.jbuildkit.llb.LlbEdge;

/** Which trees a file wants to be scanned besides its result: its arguments say so. */
final class ScanChoice {
  static final String CONTEXT = "BUILDKIT_SBOM_SCAN_CONTEXT";
  static final String STAGE = "BUILDKIT_SBOM_SCAN_STAGE";

  private ScanChoice() {}

  /** What is scanned of a target stage, which is dispatched with all that it needs. */
  static SbomScanner.Subject subject(BuildScene scene, StageGraph graph, Stage target) {
    var extras = new LinkedHashMap<String, Optional<LlbEdge>>();
    if (isWanted(scene, target, CONTEXT)) {
      extras.put("context", Optional.of(scene.contextTree()));
    }
    boolean ignoresCache = ignoresCache(scene, target);
    for (var stage : graph.needed(target)) {
      if (!stage.equals(target) && isWanted(scene, stage, STAGE)) {
        extras.put(stage.displayName(), stage.tree);
        ignoresCache |= ignoresCache(scene, stage);
      }
    }
    return new SbomScanner.Subject(target.tree, extras, ignoresCache);
  }

  private static boolean ignoresCache(BuildScene scene, Stage stage) {
    return scene.options.ignoresCache(stage.from.stage());
  }

  /** The stage's own word counts before that of the whole file. */
  private static boolean isWanted(BuildScene scene, Stage stage, String argument) {
    if (stage.named.isPresent()) {
      return false;
    }
    return Optional.ofNullable(stage.scans.get(argument))
        .or(() -> scene.arguments.inherited(argument))
        .map(value ->
            GoBool.parse(value)
                .orElseGet(() -> List.of(value.split(",", -1)).contains(stage.displayName())))
        .orElse(false);
  }
}
