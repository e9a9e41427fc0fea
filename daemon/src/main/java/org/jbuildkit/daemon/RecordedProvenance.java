package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.engine.provenance.FrontendRequest;
import org.jbuildkit.engine.provenance.Predicate;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.control.SolveRequest;

/**
 * What a build's record says of where its result came from: everything that is known.
 *
 * @param environment what the configuration adds
 */
record RecordedProvenance(Json.Obj environment, Clock clock) {
  private static final String ATTESTATION = "attest:provenance";
  private static final String BUILDER_ID = "builder-id=";
  private static final long COMPATIBILITY = 30;

  /** Documents by platform id; the empty id is the only tree of a result. */
  SequencedMap<String, byte[]> of(
      SolveRequest request, Instant started, Build build, Build.Returned result) {
    var outer = new FrontendRequest(FrontendRuns.frontend(request), request.getFrontendAttrsMap());
    var trees = new LinkedHashMap<String, BuildTree>();
    result.byPlatform().forEach((id, tree) -> tree.ifPresent(present -> trees.put(id, present)));
    result.single().ifPresent(tree -> trees.put("", tree));
    var platforms = platforms(result);
    var definitions = trees.values().stream().map(BuildTree::definition).toList();
    var documents = new LinkedHashMap<String, byte[]>();
    trees.forEach((id, tree) -> {
      var definition = tree.definition();
      if (definition.getDefCount() == 0) {
        return;
      }
      var own = Optional.ofNullable(platforms.get(id));
      var all = new ArrayList<>(platforms.values());
      var notes = build.job().notes();
      var facts =
          new Predicate.Facts(
              notes.capture(definition, definitions, own, own.isPresent() ? all : List.of()),
              notes.request(definition).orElse(outer),
              Optional.of(outer),
              definition,
              notes.invocationId(),
              started,
              clock.instant(),
              settings(request));
      documents.put(id, document(facts));
    });
    return documents;
  }

  private static byte[] document(Predicate.Facts facts) {
    return Predicate.v1(facts).writeIndented("", "  ").getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Platform> platforms(Build.Returned result) {
    var platforms = new LinkedHashMap<String, Platform>();
    var listed = Optional.ofNullable(result.metadata().get("refs.platforms"));
    if (listed.isPresent()) {
      ResultPlatform.of(listed, Optional.empty())
          .forEach(platform -> platforms.put(platform.id(), platform.platform()));
    }
    return platforms;
  }

  private Predicate.Settings settings(SolveRequest request) {
    long version = request.getCompatibilityVersion();
    return new Predicate.Settings(
        true,
        builderId(request.getFrontendAttrsMap()),
        false,
        version == 0 ? COMPATIBILITY : version,
        Worker.DOCKERFILE_VERSION,
        environment);
  }

  /** How whoever asked for provenance wants the builder to be called. */
  private static String builderId(Map<String, String> options) {
    var asked = options.getOrDefault(ATTESTATION, "");
    try {
      return asked.isEmpty()
          ? ""
          : CsvRecord.parse(asked).stream()
              .filter(field -> field.startsWith(BUILDER_ID))
              .map(field -> field.substring(BUILDER_ID.length()))
              .findFirst()
              .orElse("");
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
