package org.jbuildkit.engine.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.WorkerConstraints;
import org.junit.jupiter.api.Test;

/** Documents that a run of BuildKit 0.32 made, and what they leave open. */
class PredicateTest {
  private static final Digest BASE =
      Digest.parse("sha256:a1a4c19b7b9f9cd2215e0d28196994ccba0584b109137f28052b63971c007d41");

  private static Predicate.Facts facts(
      Capture capture,
      FrontendRequest request,
      Optional<FrontendRequest> root,
      Definition definition,
      boolean isMax) {
    return new Predicate.Facts(
        capture,
        request,
        root,
        definition,
        "i1k8foi22d0z3q4xc58elokvd",
        Instant.parse("2026-11-21T00:49:41.483004532Z"),
        Instant.parse("2026-11-21T00:49:41.490Z"),
        MeasuredUsage.NONE,
        new Predicate.Settings(isMax, "", false, 30, "1.26.0-dev", Json.object().build()));
  }

  /** Writes "a" to a file; the digests are those of BuildKit's own bytes. */
  private static Definition oneFile() {
    var action =
        FileAction.newBuilder()
            .setInput(-1)
            .setSecondaryInput(-1)
            .setMkfile(
                FileActionMkFile.newBuilder()
                    .setPath("/a")
                    .setMode(0644)
                    .setData(ByteString.copyFromUtf8("a"))
                    .setTimestamp(1_600_000_000_123_456_789L));
    var file =
        Op.newBuilder()
            .setFile(FileOp.newBuilder().addActions(action))
            .setConstraints(WorkerConstraints.getDefaultInstance())
            .build()
            .toByteString();
    var terminal =
        Op.newBuilder()
            .addInputs(Input.newBuilder().setDigest(Digest.sha256(file.toByteArray()).toString()))
            .build();
    return Definition.newBuilder().addDef(file).addDef(terminal.toByteString()).build();
  }

  @Test
  void aBuildOfStepsAloneIsTold() {
    var plain = new FrontendRequest("", Map.of());
    var definition = oneFile();
    var json =
        Predicate.v1(facts(new Capture(), plain, Optional.of(plain), definition, true)).write();
    var file = Digest.sha256(definition.getDef(0).toByteArray());
    var terminal = Digest.sha256(definition.getDef(1).toByteArray());
    var first = "\"" + file + "\":\"step0\"";
    var second = "\"" + terminal + "\":\"step1\"";
    var mapping =
        file.toString().compareTo(terminal.toString()) < 0
            ? first + "," + second
            : second + "," + first;
    assertThat(json)
        .isEqualTo(
            """
            {"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/\
            attestations/slsa-definitions.md","externalParameters":{"configSource":{},"request":\
            {"compatibilityVersion":30}},"internalParameters":{"buildConfig":{"digestMapping":{\
            %s},"llbDefinition":[{"id":"step0","op":{"Op":{"file":{"actions":[{"Action":{"mkfile":\
            {"data":"YQ==","mode":420,"path":"/a","timestamp":1600000000123456800}},"input":-1,\
            "output":0,"secondaryInput":-1}]}},"constraints":{}}},{"id":"step1","inputs":\
            ["step0:0"],"op":{"Op":{}}}]},"builderPlatform":"%s"}},"runDetails":{"builder":{"id":""\
            },"metadata":{"invocationId":"i1k8foi22d0z3q4xc58elokvd","startedOn":\
            "2026-11-21T00:49:41.483004532Z","finishedOn":"2026-11-21T00:49:41.49Z",\
            "buildkit_metadata":{},"buildkit_hermetic":true,"buildkit_completeness":{"request":\
            false,"resolvedDependencies":true}}}}\
            """
                .formatted(mapping, Platform.host().format()));
  }

  private static Capture dockerfileBuild() {
    var capture = new Capture();
    capture.add(
        new Material.Image(
            "base@" + BASE,
            Optional.of(new Platform("linux", "amd64", "")),
            Optional.of(BASE),
            true));
    capture.addLocal("dockerfile");
    capture.addLocal("context");
    capture.addSecret("sec", true);
    capture.addNetwork();
    return capture;
  }

  private static FrontendRequest request(String frontend) {
    var options = new LinkedHashMap<String, String>();
    options.put("platform", "linux/amd64");
    options.put("filename", "");
    options.put("context:base", "oci-layout://base@" + BASE);
    options.put("build-arg:NAME", "zed");
    options.put("label:lab", "el");
    options.put("attest:provenance", "mode=min");
    options.remove("filename");
    return new FrontendRequest(frontend, options);
  }

  @Test
  void theReducedFormHidesWhatIsTheClients() {
    var json =
        Predicate.v02(
                facts(
                    dockerfileBuild(),
                    request("dockerfile.v0"),
                    Optional.of(request("")),
                    oneFile(),
                    false))
            .write();
    assertThat(json)
        .isEqualTo(
            """
            {"builder":{"id":""},"buildType":"https://mobyproject.org/buildkit@v1","materials":[{\
            "uri":"pkg:oci/base?digest=%1$s\\u0026platform=linux%%2Famd64","digest":{"sha256":\
            "%2$s"}}],"invocation":{"configSource":{},"parameters":{"frontend":"dockerfile.v0",\
            "args":{"context:base":"oci-layout://base@%1$s"},"locals":[{"name":"context"},{"name":\
            "dockerfile"}],"root":{"configSource":{},"request":{"args":{"context:base":\
            "oci-layout://base@%1$s"}}},"compatibilityVersion":30},"environment":{\
            "dockerfileVersion":"1.26.0-dev","platform":"%3$s"}},"metadata":{"buildInvocationID":\
            "i1k8foi22d0z3q4xc58elokvd","buildStartedOn":"2026-11-21T00:49:41.483004532Z",\
            "buildFinishedOn":"2026-11-21T00:49:41.49Z","completeness":{"parameters":false,\
            "environment":true,"materials":false},"reproducible":false,\
            "https://mobyproject.org/buildkit@v1#metadata":{}}}\
            """
                .formatted(BASE, BASE.hex(), Platform.host().format()));
  }

  @Test
  void theFullFormTellsArgumentsAndSecretsInOrder() {
    var json =
        Predicate.v1(
                facts(
                    dockerfileBuild(),
                    request("dockerfile.v0"),
                    Optional.empty(),
                    Definition.getDefaultInstance(),
                    true))
            .write();
    assertThat(json)
        .contains(
            "\"args\":{\"build-arg:NAME\":\"zed\",\"context:base\":\"oci-layout://base@"
                + BASE
                + "\",\"label:lab\":\"el\"},\"secrets\":[{\"id\":\"sec\",\"optional\":true}],"
                + "\"locals\":[{\"name\":\"context\"},{\"name\":\"dockerfile\"}],"
                + "\"compatibilityVersion\":30")
        .contains("\"buildkit_completeness\":{\"request\":true,\"resolvedDependencies\":false}")
        .doesNotContain("buildkit_hermetic");
  }

  @Test
  void aRepositoryAsContextIsWhereTheConfigurationComesFrom() {
    var capture = new Capture();
    capture.add(
        new Material.Git("https://me:pw@example.com/r.git#refs/heads/master", "4".repeat(40)));
    var options =
        Map.of(
            "context", "https://me:pw@example.com/r.git?branch=master&subdir=src",
            "filename", "Dockerfile",
            "vcs:source", "https://example.com/r.git",
            "vcs:revision", "43df");
    var request = new FrontendRequest("dockerfile.v0", options);
    var json =
        Predicate.v1(
                facts(
                    capture,
                    request,
                    Optional.of(new FrontendRequest("", options)),
                    Definition.getDefaultInstance(),
                    false))
            .write();
    assertThat(json)
        .contains(
            "\"configSource\":{\"uri\":\"https://xxxxx:xxxxx@example.com/r.git#refs/heads/"
                + "master:src\",\"digest\":{\"sha1\":\""
                + "4".repeat(40)
                + "\"},\"path\":\"Dockerfile\"}")
        .contains("\"buildkit_metadata\":{\"vcs\":{\"revision\":\"43df\",\"source\":")
        .contains("\"args\":{\"vcs:revision\":\"43df\",\"vcs:source\":");
  }

  @Test
  void anImageKnownByItsTagIsNotToldByItsDigestToo() {
    var platform = Optional.of(new Platform("linux", "amd64", ""));
    var capture = new Capture();
    for (var name :
        List.of(
            "docker.io/library/b:1",
            "docker.io/library/a@" + BASE,
            "docker.io/library/b:1@" + BASE,
            "docker.io/library/b:1")) {
      capture.add(new Material.Image(name, platform, Optional.of(BASE), false));
    }
    assertThat(capture.materials())
        .extracting(Material::order)
        .containsExactly("docker.io/library/a@" + BASE, "docker.io/library/b:1");
  }
}
