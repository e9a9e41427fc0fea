package org.jbuildkit.engine.provenance;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;

/** Makes the document that tells how a result came to be, in either version of SLSA's form. */
public final class Predicate {
  private static final String TYPE_V1 =
      "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";
  private static final String TYPE_V02 = "https://mobyproject.org/buildkit@v1";
  private static final String DOCKERFILE = "dockerfile.v0";
  private static final java.time.format.DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(java.util.Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Facts facts;
  private final boolean isV1;
  private final RequestParameters request;
  private final Optional<RequestParameters> root;
  private final boolean isRequestComplete;
  private final BuildSteps steps;

  /**
   * What is known of a build.
   *
   * @param request what the tree's frontend was asked for
   * @param root what the client asked for, if that is something else
   * @param definition the tree's
   * @param usage to be told of
   */
  public record Facts(
      Capture capture,
      FrontendRequest request,
      Optional<FrontendRequest> root,
      Definition definition,
      String invocationId,
      Instant started,
      Instant finished,
      MeasuredUsage usage,
      Settings settings) {}

  /**
   * What goes into a document, and what the daemon adds.
   *
   * @param isMax whether all is told; else nothing private, and no steps
   * @param dockerfileVersion of the frontend
   * @param environment more to be told of the daemon
   */
  public record Settings(
      boolean isMax,
      String builderId,
      boolean isReproducible,
      long compatibilityVersion,
      String dockerfileVersion,
      Json.Obj environment) {}

  private Predicate(Facts facts, boolean isV1) {
    this.facts = facts;
    this.isV1 = isV1;
    var whole = RequestParameters.of(facts.request(), facts.capture(), false);
    var wholeRoot =
        facts
            .root()
            .filter(other -> !other.equals(facts.request()))
            .map(other -> RequestParameters.of(other, facts.capture(), true));
    boolean isMax = facts.settings().isMax();
    this.request = isMax ? whole : whole.reduced();
    this.root =
        wholeRoot.map(other -> isMax ? other : other.reduced()).filter(other -> !other.isEmpty());
    boolean hidesAny =
        whole.hasPrivate() || wholeRoot.filter(RequestParameters::hasPrivate).isPresent();
    this.isRequestComplete = !request.frontend().isEmpty() && (isMax || !hidesAny);
    this.steps = isMax ? BuildSteps.of(facts.definition(), facts.usage().steps()) : BuildSteps.NONE;
  }

  /** The form of {@code https://slsa.dev/provenance/v1}. */
  public static Json.Obj v1(Facts facts) {
    return new Predicate(facts, true).v1();
  }

  /** The form of {@code https://slsa.dev/provenance/v0.2}. */
  public static Json.Obj v02(Facts facts) {
    return new Predicate(facts, false).v02();
  }

  private Json.Obj v1() {
    var external =
        Json.object()
            .put("configSource", request.configSource("path"))
            .put("request", requestJson());
    var definition = Json.object().put("buildType", TYPE_V1);
    addMaterials(definition, "resolvedDependencies");
    definition.put("externalParameters", external.build()).put("internalParameters", environment());
    var details = Json.object().put("builder", builder()).put("metadata", metadataV1());
    return Json.object()
        .put("buildDefinition", definition.build())
        .put("runDetails", details.build())
        .build();
  }

  private Json.Obj v02() {
    var json = Json.object().put("builder", builder()).put("buildType", TYPE_V02);
    addMaterials(json, "materials");
    json.put(
        "invocation",
        Json.object()
            .put("configSource", request.configSource("entryPoint"))
            .put("parameters", requestJson())
            .put("environment", environment())
            .build());
    if (!steps.isEmpty()) {
      json.put("buildConfig", buildConfig());
    }
    return json.put("metadata", metadataV02()).build();
  }

  private Json.Obj builder() {
    return Json.object().put("id", facts.settings().builderId()).build();
  }

  private void addMaterials(Json.ObjBuilder json, String name) {
    var materials = facts.capture().materials();
    if (!materials.isEmpty()) {
      json.put(name, new Json.Arr(materials.stream().map(m -> (Json) m.toJson()).toList()));
    }
  }

  private Json.Obj requestJson() {
    var json = request.startRequest();
    facts.capture().writeUses(json, facts.settings().isMax());
    root.ifPresent(outer ->
        json.put(
            "root",
            Json.object()
                .put("configSource", outer.configSource("path"))
                .put("request", outer.startRequest().build())
                .build()));
    return json.put("compatibilityVersion", facts.settings().compatibilityVersion()).build();
  }

  /** What is told of the daemon; all that is written without a type is sorted. */
  private Json.Obj environment() {
    var all = new TreeMap<String, Json>(facts.settings().environment().members());
    all.put(isV1 ? "builderPlatform" : "platform", Json.of(Platform.host().format()));
    if (request.frontend().equals(DOCKERFILE)) {
      all.put("dockerfileVersion", Json.of(facts.settings().dockerfileVersion()));
    }
    if (isV1 && !steps.isEmpty()) {
      all.put("buildConfig", buildConfig());
    }
    return GenericJson.of(new Json.Obj(new LinkedHashMap<>(all)));
  }

  private Json.Obj buildConfig() {
    var json = Json.object();
    steps.write(json);
    return json.build();
  }

  private Json.Obj metadataV1() {
    var json =
        Json.object()
            .put("invocationId", facts.invocationId())
            .put("startedOn", TIME.format(facts.started()))
            .put("finishedOn", TIME.format(facts.finished()))
            .put("buildkit_metadata", buildkitMetadata())
            .putUnlessFalse("buildkit_hermetic", facts.capture().isHermetic())
            .put(
                "buildkit_completeness",
                Json.object()
                    .put("request", isRequestComplete)
                    .put("resolvedDependencies", facts.capture().isComplete())
                    .build());
    return json.putUnlessFalse("buildkit_reproducible", facts.settings().isReproducible()).build();
  }

  private Json.Obj metadataV02() {
    return Json.object()
        .put("buildInvocationID", facts.invocationId())
        .put("buildStartedOn", TIME.format(facts.started()))
        .put("buildFinishedOn", TIME.format(facts.finished()))
        .put(
            "completeness",
            Json.object()
                .put("parameters", isRequestComplete)
                .put("environment", true)
                .put("materials", facts.capture().isComplete())
                .build())
        .put("reproducible", facts.settings().isReproducible())
        .put("https://mobyproject.org/buildkit@v1#metadata", buildkitMetadata())
        .putUnlessFalse(
            "https://mobyproject.org/buildkit@v1#hermetic", facts.capture().isHermetic())
        .build();
  }

  private Json.Obj buildkitMetadata() {
    var json = Json.object().putUnlessEmpty("vcs", new TreeMap<>(request.vcs()));
    if (!steps.isEmpty()) {
      var sources = BuildSteps.sources(facts.definition(), steps);
      if (!sources.members().isEmpty()) {
        json.put("source", sources);
      }
    }
    if (!facts.usage().machine().isEmpty()) {
      json.put("sysUsage", new Json.Arr(facts.usage().machine()));
    }
    return json.build();
  }
}
