package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.engine.provenance.Capture;
import org.jbuildkit.engine.provenance.FrontendRequest;
import org.jbuildkit.engine.provenance.MeasuredUsage;
import org.jbuildkit.engine.provenance.Predicate;
import org.jbuildkit.engine.provenance.ProvenanceOptions;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.protocol.pb.Definition;

/** Where the result of one build comes from: for its record, and for the result where wanted. */
final class BuildProvenance {
  private static final long COMPATIBILITY = 30;

  private final SolveRequest request;
  private final FrontendRequest outer;
  private final Source source;
  private final Instant started;
  private final Build build;
  private final List<ResultPlatform> platforms;
  private final SequencedMap<String, BuildTree> trees = new LinkedHashMap<>();

  /** Of trees that hold statements, which no result comes from. */
  private final List<Definition> stated = new ArrayList<>();

  private Optional<Instant> finished = Optional.empty();

  /**
   * What is the same for all builds of a daemon.
   *
   * @param environment what the configuration adds to documents
   */
  record Source(Json.Obj environment, Clock clock) {

    BuildProvenance of(
        SolveRequest request,
        Instant started,
        Build build,
        Build.Returned returned,
        BuildResult result) {
      return new BuildProvenance(this, request, started, build, returned, result);
    }
  }

  private BuildProvenance(
      Source source,
      SolveRequest request,
      Instant started,
      Build build,
      Build.Returned returned,
      BuildResult result) {
    this.source = source;
    this.request = request;
    this.outer = new FrontendRequest(FrontendRuns.frontend(request), request.getFrontendAttrsMap());
    this.started = started;
    this.build = build;
    this.platforms = platforms(result);
    returned.byPlatform().forEach((id, tree) -> tree.ifPresent(known -> trees.put(id, known)));
    returned
        .single()
        .ifPresent(tree -> trees.put(platforms.isEmpty() ? "" : platforms.getFirst().id(), tree));
    returned
        .attestations()
        .values()
        .forEach(
            all -> all.forEach(one -> one.tree().ifPresent(tree -> stated.add(tree.definition()))));
    trees.values().removeIf(tree -> tree.definition().getDefCount() == 0);
  }

  private static List<ResultPlatform> platforms(BuildResult result) {
    var listed = result.metadata("refs.platforms", Optional.empty());
    var config = result.metadata("containerimage.config", Optional.empty());
    boolean isEmpty = result.single().isEmpty() && result.byPlatform().isEmpty();
    return isEmpty && listed.isEmpty() ? List.of() : ResultPlatform.of(listed, config);
  }

  /** Documents for the build's record by platform id; the empty id is the only tree of a result. */
  SequencedMap<String, byte[]> forRecord(BuildResult result) {
    var options =
        new ProvenanceOptions(
            true, true, builderId(), false, false, "provenance.json", false, true);
    var documents = new LinkedHashMap<String, byte[]>();
    trees.forEach((id, tree) ->
        documents.put(result.byPlatform().isEmpty() ? "" : id, document(id, tree, options)));
    return documents;
  }

  private String builderId() {
    return ProvenanceOptions.of(request.getFrontendAttrsMap())
        .map(ProvenanceOptions::builderId)
        .orElse("");
  }

  /** The result with what the request wants to be stated of it. */
  BuildResult stated(BuildResult result) {
    var wanted = ProvenanceOptions.of(request.getFrontendAttrsMap());
    if (wanted.isEmpty()) {
      return result;
    }
    var options = wanted.get();
    var attestations = new LinkedHashMap<>(result.attestations());
    trees.forEach((id, tree) -> {
      if (options.requiresComplete()) {
        capture(id, tree).requireComplete();
      }
      var all = new ArrayList<>(attestations.getOrDefault(id, List.of()));
      all.add(
          ResultAttestation.made(
              options.predicateType(),
              AttestationKeys.ofProvenance(options.isInlineOnly()),
              options.path(),
              () -> document(id, tree, options)));
      attestations.put(id, all);
    });
    return result.withAttestations(attestations);
  }

  private Capture capture(String id, BuildTree tree) {
    var definitions = new ArrayList<>(trees.values().stream().map(BuildTree::definition).toList());
    definitions.addAll(stated);
    var own = platforms.stream().filter(platform -> platform.id().equals(id)).findFirst();
    return build
        .job()
        .notes()
        .capture(
            tree.definition(),
            definitions,
            own.map(ResultPlatform::platform),
            new ArrayList<>(platforms.stream().map(ResultPlatform::platform).toList()));
  }

  private byte[] document(String id, BuildTree tree, ProvenanceOptions options) {
    var notes = build.job().notes();
    var facts =
        new Predicate.Facts(
            capture(id, tree),
            notes.request(tree.definition()).orElse(outer),
            Optional.of(outer),
            tree.definition(),
            notes.invocationId(),
            started,
            finished(),
            options.tellsUsage() ? notes.usage() : MeasuredUsage.NONE,
            settings(options));
    var json = options.isV1() ? Predicate.v1(facts) : Predicate.v02(facts);
    return json.writeIndented("", "  ").getBytes(StandardCharsets.UTF_8);
  }

  /** All documents of a build tell the same end: when the first of them was wanted. */
  private synchronized Instant finished() {
    var known = finished.orElseGet(source.clock()::instant);
    finished = Optional.of(known);
    return known;
  }

  private Predicate.Settings settings(ProvenanceOptions options) {
    long version = request.getCompatibilityVersion();
    return new Predicate.Settings(
        options.isMax(),
        options.builderId(),
        options.isReproducible(),
        version == 0 ? COMPATIBILITY : version,
        Worker.DOCKERFILE_VERSION,
        source.environment());
  }
}
