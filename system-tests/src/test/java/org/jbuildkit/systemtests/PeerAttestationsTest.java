package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.protocol.control.Exporter;
import org.jbuildkit.protocol.gateway.Attestation;
import org.jbuildkit.protocol.gateway.AttestationKind;
import org.jbuildkit.protocol.gateway.Attestations;
import org.jbuildkit.protocol.gateway.InTotoSubject;
import org.jbuildkit.protocol.gateway.InTotoSubjectKind;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What our daemon and Docker's engine state of the same results is the same, but for the version of
 * the form and of the engine.
 */
@Timeout(300)
class PeerAttestationsTest {
  private static final String IMAGE =
      "type=oci,name=img,compression=uncompressed,rewrite-timestamp=true,oci-artifact=true,dest=";

  private static final Exporter EXPORTER =
      Exporter.newBuilder()
          .setType("oci")
          .putAttrs("name", "img")
          .putAttrs("compression", "uncompressed")
          .putAttrs("oci-artifact", "true")
          .putAttrs("source-date-epoch", "1700000000")
          .putAttrs("rewrite-timestamp", "true")
          .build();

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static final List<AutoCloseable> STARTED = new ArrayList<>();
  private static TwoEngines engines;
  private static RawEngine ours;
  private static RawEngine theirs;
  private static String scanner;

  @BeforeAll
  static void start() throws Exception {
    engines = TwoEngines.startWithBridge(shared);
    STARTED.addFirst(engines);
    var registry = Registry.start(shared);
    STARTED.addFirst(registry);
    scanner = registry.host() + "/scanner";
    Scanner.push(engines.ours(), shared, scanner);
    var daemon = DaemonConnection.open("unix://" + shared.resolve("bk.sock"), TlsFiles.NONE);
    STARTED.addFirst(daemon);
    ours = new RawEngine(daemon.channel(), shared);
    var peer = engines.dial();
    STARTED.addFirst(peer);
    theirs = new RawEngine(peer.channel(), shared);
  }

  @AfterAll
  static void stop() throws Exception {
    for (var started : STARTED) {
      started.close();
    }
    STARTED.clear();
  }

  private static String plain(String text) {
    return text.replaceAll("in-toto.io/Statement/v[0-9.]+", "in-toto.io/Statement")
        .replaceAll("Tool: buildkit-[^\"]+", "Tool: buildkit");
  }

  /** Builds a context whose stage and files are scanned, too. */
  private TwoEngines.Ended build(TwoEngines.Engine which, String output, String... more)
      throws IOException, InterruptedException {
    var context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(context.resolve("a"), "a");
    Files.writeString(context.resolve("n"), "n");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
        FROM scratch AS dep
        ARG BUILDKIT_SBOM_SCAN_STAGE=other,dep
        COPY a /d/a
        FROM scratch
        COPY --from=dep /d /e
        COPY n /
        """);
    var words = new ArrayList<>(List.of("build", "--progress=plain", "--provenance=false"));
    words.add("--attest=type=sbom,version=7,generator=" + scanner);
    words.add("--output=" + output);
    words.addAll(List.of(more));
    words.add(context.toString());
    return engines.run(which, words);
  }

  @Test
  void scansOfImagesComeToTheSame() throws Exception {
    var texts = new ArrayList<String>();
    for (var which : TwoEngines.Engine.values()) {
      var archive = folder.resolve(which + ".tar");
      var ended = build(which, IMAGE + archive);
      assertThat(ended.status()).as(ended.output()).isZero();
      texts.add(stated(archive));
    }
    assertThat(texts.getFirst()).isEqualTo(texts.getLast()).contains("layerID: sha256:");
  }

  /** The attestation manifest and its statements; their digests are as different as they are. */
  private String stated(Path archive) throws IOException, InterruptedException {
    var layout = TwoEngines.unpack(archive, Files.createTempDirectory(folder, "layout"));
    var top = Json.parseObject(Files.readAllBytes(layout.resolve("index.json")));
    var index = Json.parseObject(blob(layout, (Json.Obj) top.array("manifests").getFirst()));
    var text = new StringBuilder();
    for (var image : index.array("manifests")) {
      var manifest = Json.parseObject(blob(layout, (Json.Obj) image));
      if (manifest.text("artifactType").isEmpty()) {
        continue;
      }
      text.append(((Json.Obj) image).textMap("annotations")).append('\n');
      var layers = new ArrayList<String>();
      for (var layer : manifest.array("layers")) {
        var statement = (Json.Obj) layer;
        layers.add(statement.text("mediaType") + statement.textMap("annotations"));
        text.append(
                plain(new String(blob(layout, statement), java.nio.charset.StandardCharsets.UTF_8)))
            .append('\n');
      }
      var members = new LinkedHashMap<>(manifest.members());
      members.put("layers", Json.ofTexts(layers));
      text.append(new Json.Obj(members).write()).append('\n');
    }
    return text.toString();
  }

  private static byte[] blob(Path layout, Json.Obj descriptor) throws IOException {
    var digest = Digest.parse(descriptor.text("digest"));
    return Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.hex()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attestation-prefix=of-",
        "platform-split=true",
        "mode=copy --platform=linux/amd64,linux/arm64"
      })
  void filesOfStatementsComeToTheSame(String options) throws Exception {
    var parts = options.split(" ", 2);
    var texts = new ArrayList<String>();
    for (var which : TwoEngines.Engine.values()) {
      var into = folder.resolve("files-" + which);
      var more = parts.length < 2 ? new String[0] : new String[] {parts[1]};
      var ended = build(which, "type=local," + parts[0] + ",dest=" + into, more);
      assertThat(ended.status()).as(ended.output()).isZero();
      var text = new StringBuilder();
      try (var files = Files.walk(into)) {
        for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
          var attributes = Files.readAttributes(file, "unix:mode,lastModifiedTime");
          text.append(into.relativize(file)).append(new java.util.TreeMap<>(attributes));
          text.append('\n').append(plain(Files.readString(file))).append('\n');
        }
      }
      texts.add(text.toString());
    }
    assertThat(texts.getFirst()).isEqualTo(texts.getLast()).contains("sbom-dep.spdx");
  }

  private static final Map<String, String> TREES =
      Map.of(
          "result",
          "mkfile /f 644 content",
          "words",
          "mkfile /p 644 {\"b\":1.50,\"a\":\"<&>\"};mkdir /d 755;"
              + "mkfile /d/s.json 644 {\"predicateType\":\"t\",\"subject\":[{\"name\":\"n\",\"digest\":"
              + "{\"sha256\":\"aa\",\"md5\":\"bb\"}}],\"predicate\":{\"z\":1.0,\"a\":[1e21,1e-7]}};"
              + "mkfile /d/r.json 644 {\"predicateType\":\"u\",\"predicate\":null};"
              + "mkfile /bad 644 b;mkdir /e 755;mkfile /e/x 644 {}{};mkdir /none 755;"
              + "mkdir /s 755;mkfile /s/p 644 {\"predicateType\":\"https://slsa.dev/provenance/v1\"}");

  private static Attestation attestation(String words) {
    var parts = words.split(" ", -1);
    var made =
        Attestation.newBuilder()
            .setKind(parts[0].equals("bundle") ? AttestationKind.Bundle : AttestationKind.InToto)
            .setPath(parts[1])
            .setInTotoPredicateType(parts[2].equals("-") ? "" : parts[2])
            .putMetadata("sbom-core", ByteString.copyFromUtf8("s"));
    for (int i = 3; i < parts.length; i++) {
      var subject = InTotoSubject.newBuilder().setName(parts[i].substring(1));
      if (parts[i].startsWith("=")) {
        subject.setKind(InTotoSubjectKind.Raw).addDigest("sha256:cc").addDigest("sha1:dd");
      }
      made.addInTotoSubjects(subject);
    }
    return made.build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file p t",
        "file p t +self =raw = +_",
        "file p -,bundle d -",
        "bundle d t",
        "bundle d u,bundle d -",
        "file bad t",
        "file missing t",
        "bundle e -",
        "bundle none -,file p t",
        "bundle none -",
        "bundle s -",
        "file p https://slsa.dev/provenance/v1",
      })
  void whatFrontendsStateComesToTheSame(String all) throws Exception {
    var attestations = List.of(all.split(",", -1));
    var texts = new ArrayList<String>();
    for (var which : TwoEngines.Engine.values()) {
      texts.add(
          stated(
              which,
              Map.of(),
              gateway -> {
                var refs = gateway.answers().refs();
                var list = Attestations.newBuilder();
                for (var words : attestations) {
                  list.addAttestation(
                      attestation(words).toBuilder()
                          .setRef(refs.getOrDefault("words", Ref.getDefaultInstance())));
                }
                return Result.newBuilder()
                    .setRef(refs.getOrDefault("result", Ref.getDefaultInstance()))
                    .putAttestations("linux/amd64", list.build())
                    .build();
              }));
    }
    assertThat(texts.getFirst()).isEqualTo(texts.getLast()).isNotEmpty();
  }

  @Test
  void whatNoFrontendScansTheEngineScans() throws Exception {
    var texts = new ArrayList<String>();
    for (var which : TwoEngines.Engine.values()) {
      texts.add(
          stated(
              which,
              Map.of("attest:sbom", "version=8,generator=" + scanner),
              gateway ->
                  Result.newBuilder()
                      .setRef(
                          gateway.answers().refs().getOrDefault("result", Ref.getDefaultInstance()))
                      .build()));
    }
    assertThat(texts.getFirst()).isEqualTo(texts.getLast()).contains("files-8");
  }

  @Test
  void ourLanguageBringsItsScansToBothEngines() throws Exception {
    var context = Files.createDirectories(folder.resolve("language"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
    var options = new LinkedHashMap<String, String>();
    options.put("attest:sbom", "version=9,generator=" + scanner);
    options.put("build-arg:SOURCE_DATE_EPOCH", "1700000000");
    var texts = new ArrayList<String>();
    for (var which : TwoEngines.Engine.values()) {
      var archive = folder.resolve(which + "-language.tar");
      new RawEngine(raw(which).channel(), context).build(options, EXPORTER, archive);
      texts.add(stated(archive));
    }
    assertThat(texts.getFirst()).isEqualTo(texts.getLast()).contains("files-9");
  }

  private static RawEngine raw(TwoEngines.Engine which) {
    return which == TwoEngines.Engine.OURS ? ours : theirs;
  }

  /** What becomes of a result as an image: what is stated of it, or the error. */
  private String stated(
      TwoEngines.Engine which,
      Map<String, String> options,
      java.util.function.Function<RawEngine.Gateway, Result> choice)
      throws Exception {
    var graphs = new LinkedHashMap<String, Optional<LlbEdge>>();
    TREES.forEach((name, script) -> graphs.put(name, new OpScript(Map.of()).read(script)));
    var archive = folder.resolve(which + "-raw.tar");
    try {
      var _ = raw(which).solve(graphs, EXPORTER, archive, options, choice);
      return stated(archive);
    } catch (StatusRuntimeException e) {
      return plainError(String.valueOf(e.getStatus().getDescription()));
    }
  }

  private static String plainError(String error) {
    return error
        .replaceAll("/[^ :]*/(buildkit-mount[0-9]+|merged|fs)/", "/")
        .replaceAll("for type [^:]+: ", "");
  }
}
