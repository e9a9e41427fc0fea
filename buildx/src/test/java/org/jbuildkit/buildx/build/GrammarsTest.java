package org.jbuildkit.buildx.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.cli.Environment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What values of options mean. */
class GrammarsTest {
  private static final Exports.Rules RULES =
      new Exports.Rules(
          false,
          false,
          () -> {
            throw new IllegalStateException("no engine");
          });

  @TempDir Path folder;

  private static Output output(String value) {
    return Output.parse(List.of(value)).getFirst();
  }

  @Test
  void outputsHaveShortForms() {
    assertThat(output("out")).isEqualTo(new Output("local", new LinkedHashMap<>(), "out"));
    assertThat(output("-")).isEqualTo(new Output("tar", new LinkedHashMap<>(), "-"));
    var pushed = output("type=registry,name=r/a");
    assertThat(pushed.type()).isEqualTo("image");
    assertThat(pushed.attributes())
        .containsEntry("name", "r/a")
        .containsEntry("push", "true")
        .containsEntry("unpack", "false");
    assertThatThrownBy(() -> output("dest=a,b=c")).hasMessage("type is required for output");
    assertThatThrownBy(() -> output("a,b")).hasMessage("invalid value a");
    assertThat(Output.parse(List.of(""))).isEmpty();
  }

  @Test
  void pushingAddsAnImageAfterOtherOutputs() throws Exception {
    var outputs = Output.pushing(Output.parse(List.of("type=oci,dest=" + folder.resolve("f"))));
    var exports = Exports.prepare(outputs, List.of("a/b:1"), new LinkedHashMap<>(), RULES);
    assertThat(exports.endpoints()).extracting(e -> e.type()).containsExactly("oci", "image");
    assertThat(exports.endpoints().getFirst().attributes()).isEqualTo(Map.of("name", "a/b:1"));
    assertThat(exports.endpoints().getLast().attributes())
        .isEqualTo(Map.of("name", "a/b:1", "push", "true", "unpack", "false"));
    assertThatThrownBy(() -> Exports.prepare(outputs, List.of(), new LinkedHashMap<>(), RULES))
        .hasMessage("tag is needed when pushing to registry");
  }

  @Test
  void placesThatCannotTakeAResultAreRefused() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> prepare("type=local"))
        .hasMessage("dest is required for local exporter");
    assertThatThrownBy(() -> prepare("type=oci,tar=false,dest=-"))
        .hasMessage("dest cannot be stdout for oci exporter");
    assertThatThrownBy(() -> prepare("type=local,dest=" + folder.resolve("file")))
        .hasMessageEndingWith("is a file");
    assertThatThrownBy(() -> prepare("type=oci,dest=" + folder))
        .hasMessage("destination file " + folder + " is a directory");
    assertThatThrownBy(() -> prepare("type=local,mode=x,dest=" + folder))
        .hasMessage("invalid local exporter mode \"x\"");
    assertThatThrownBy(() -> prepare("type=local,mode=delete,dest=" + folder))
        .hasMessageEndingWith("requires --allow=buildx.local.delete");
    assertThatThrownBy(() -> prepare("type=docker")).hasMessage("no engine");
  }

  private static Exports prepare(String value) throws Exception {
    return Exports.prepare(Output.parse(List.of(value)), List.of(), new LinkedHashMap<>(), RULES);
  }

  @Test
  void annotationsNameWhatTheyAreOn() {
    assertThat(
            Annotations.parse(
                List.of(
                    "k=v",
                    "manifest-descriptor[linux/amd64]:x=y",
                    "index,manifest[linux/arm64]:a=b")))
        .isEqualTo(
            Map.of(
                "annotation.k", "v",
                "annotation-manifest-descriptor[linux/amd64].x", "y",
                "annotation-index.a", "b",
                "annotation-manifest[linux/arm64].a", "b"));
    assertThatThrownBy(() -> Annotations.parse(List.of("x")))
        .hasMessage("parse annotations: invalid annotation \"x\", expected key=value");
    assertThatThrownBy(() -> Annotations.parse(List.of("foo:k=v")))
        .hasMessage("parse annotations: unknown annotation type \"foo\"");
    assertThatThrownBy(() -> Annotations.parse(List.of("index[]:k=v")))
        .hasMessageContaining("invalid annotation type \"index[]\"");
  }

  @Test
  void theFirstAttestationOfATypeCounts() {
    assertThat(attest(List.of(), "mode=max,version=v1", "true"))
        .isEqualTo(
            Map.of(
                "attest:provenance", "type=provenance,mode=max,version=v1",
                "attest:sbom", "type=sbom"));
    assertThat(attest(List.of("type=provenance,mode=min"), "false", ""))
        .isEqualTo(Map.of("attest:provenance", "type=provenance,mode=min"));
    assertThat(attest(List.of(), "false", "")).isEmpty();
    assertThat(attest(List.of(), "", ""))
        .isEqualTo(Map.of("attest:provenance", "mode=min,inline-only=true"));
    assertThatThrownBy(() -> attest(List.of("mode=min"), "", ""))
        .hasMessage("attestation type not specified");
  }

  private static Map<String, String> attest(List<String> values, String provenance, String sbom) {
    var options = new LinkedHashMap<String, String>();
    Attestations.parse(values, provenance, sbom).withPreset().putInto(options);
    return options;
  }

  @Test
  void argumentsWithoutValueComeFromTheEnvironment() {
    var environment =
        new Environment(
            Map.of("Y", "2", "SOURCE_DATE_EPOCH", "0"), System.in, System.out, System.err);
    assertThat(KeyValues.arguments(List.of("X", "Y", "Z=3", "Z=4"), environment))
        .isEqualTo(Map.of("Y", "2", "Z", "4", "SOURCE_DATE_EPOCH", "0"));
    assertThat(KeyValues.labels(List.of("L1", "L2=2"))).isEqualTo(Map.of("L1", "", "L2", "2"));
    assertThatThrownBy(() -> KeyValues.labels(List.of("=x")))
        .hasMessage("invalid key-value pair \"=x\": empty key");
  }

  @Test
  void hostsAndNetworksBecomeOptions() {
    var options = new LinkedHashMap<String, String>();
    RunOptions.hosts(List.of("a:1.2.3.4", "b=[::1]"), "local", options);
    assertThat(options).isEqualTo(Map.of("add-hosts", "a=1.2.3.4,b=::1"));
    assertThatThrownBy(() -> RunOptions.hosts(List.of("a:host-gateway"), "remote", options))
        .hasMessageEndingWith("host-gateway is not supported by the remote driver");
    assertThatThrownBy(() -> RunOptions.hosts(List.of("a"), "local", options))
        .hasMessage("invalid host a");

    var rights = new ArrayList<String>();
    RunOptions.network("host", options, rights);
    assertThat(options).containsEntry("force-network-mode", "host");
    assertThat(rights).containsExactly("network.host");
    assertThatThrownBy(() -> RunOptions.network("mine", options, rights))
        .hasMessageStartingWith("network mode \"mine\" not supported by buildkit");
  }

  @Test
  void callsAreNamedInOneField() {
    assertThat(Call.parse("check,format=json"))
        .isEqualTo(new Call("lint", Call.Format.JSON, false));
    assertThat(Call.parse("outline,ignorestatus=true"))
        .isEqualTo(new Call("outline", Call.Format.TEXT, true));
    assertThat(Call.parse("build").isBuild()).isTrue();
    assertThat(Call.parse("explain,format=svg").format()).isEqualTo(Call.Format.SVG);
    assertThat(Call.parse("outline,format=svg").format()).isEqualTo(Call.Format.TEXT);
    assertThatThrownBy(() -> Call.parse("explain,format=pdf"))
        .hasMessage("invalid explain format: pdf, expected text, json or svg");
    assertThatThrownBy(() -> Call.parse("a,b")).hasMessage("invalid print value: a,b");
    assertThatThrownBy(() -> Call.parse("a,F=1")).hasMessage("invalid print field: F=1");
  }

  @Test
  void aFrontendThatCannotExplainIsFollowedByOneThatCan() {
    var error =
        BuildException.failed("unsupported request frontend.explain")
            .withDetail(new ErrorDetail.UnsupportedSubrequest("frontend.explain"));
    assertThat(Call.parse("explain").hinted(error))
        .hasMessageStartingWith(
            "unsupported request frontend.explain\nonly the Dockerfile frontend")
        .hasMessageContaining("BUILDKIT_SYNTAX");
    assertThat(Call.parse("outline").hinted(error)).isSameAs(error);
  }

  @Test
  void namedContextsHaveShortNames() {
    var contexts =
        NamedContexts.parse(
            List.of("docker.io/library/alpine:latest=docker-image://alpine:3.20", "foo=."));
    assertThat(contexts).isEqualTo(Map.of("alpine", "docker-image://alpine:3.20", "foo", "."));
    assertThatThrownBy(() -> NamedContexts.parse(List.of("x")))
        .hasMessage("invalid context value: x, expected key=value");
  }

  @Test
  void aNamedContextThatIsADirectoryIsShared() throws Exception {
    var directory = Files.createDirectory(folder.resolve("c1"));
    var contexts = new LinkedHashMap<String, String>();
    contexts.put("foo", directory.toString());
    contexts.put("context", directory.toString());
    try (var inputs = new BuildInputs()) {
      NamedContexts.resolve(contexts, inputs, "6d49a5fed3b842fb");
      inputs.putCapabilities();
      assertThat(inputs.options)
          .containsEntry("context:foo", "local:foo")
          .containsEntry("sharedkey:localdir:foo", "c1:6d49a5fed3b842fb")
          .containsEntry("context:context", "local:_context")
          .containsEntry("frontend.caps", "moby.buildkit.frontend.contexts+forward");
      contexts.put("foo", folder.resolve("nope").toString());
      assertThatThrownBy(() -> NamedContexts.resolve(contexts, inputs, ""))
          .hasMessageStartingWith("failed to get build context foo: stat ");
    }
  }

  @Test
  void standardInputIsAnArchiveOrADockerfile() {
    assertThat(kind(new byte[0])).isEqualTo(StdinContext.Kind.NOTHING);
    assertThat(kind("FROM scratch\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(StdinContext.Kind.DOCKERFILE);
    assertThat(kind(new byte[] {0x1F, (byte) 0x8B, 8, 0})).isEqualTo(StdinContext.Kind.ARCHIVE);
    var tar = new byte[1024];
    tar[0] = 'a';
    var sum = "%06o\0 ".formatted('a' + 8 * ' ').getBytes(StandardCharsets.UTF_8);
    System.arraycopy(sum, 0, tar, 148, 8);
    assertThat(kind(tar)).isEqualTo(StdinContext.Kind.ARCHIVE);
    tar[1] = 'b';
    assertThat(kind(tar)).isEqualTo(StdinContext.Kind.DOCKERFILE);
  }

  private static StdinContext.Kind kind(byte[] bytes) {
    return StdinContext.open(new ByteArrayInputStream(bytes)).kind();
  }

  @Test
  void contextsAreFoundInOrder() throws Exception {
    Files.writeString(folder.resolve("dockerfile"), "FROM scratch");
    try (var inputs = new BuildInputs()) {
      var name = new MainContext(folder.toString(), "", inputs, System.in).resolve();
      assertThat(name).isEqualTo(folder.getFileName().toString());
      assertThat(inputs.options).isEqualTo(Map.of("filename", "dockerfile"));
    }
    try (var inputs = new BuildInputs()) {
      new MainContext("https://example.org/r.git#main", "d/Dockerfile", inputs, System.in)
          .resolve();
      assertThat(inputs.options)
          .isEqualTo(
              Map.of("context", "https://example.org/r.git#main", "filename", "d/Dockerfile"));
    }
    assertThatThrownBy(() -> resolve("")).hasMessageStartingWith("please specify build context");
    assertThatThrownBy(() -> resolve("nope"))
        .hasMessage("unable to prepare context: path \"nope\" not found");
  }

  private static void resolve(String context) throws Exception {
    try (var inputs = new BuildInputs()) {
      var _ = new MainContext(context, "", inputs, System.in).resolve();
    }
  }
}
