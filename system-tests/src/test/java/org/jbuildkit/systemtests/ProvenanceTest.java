package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What images state of where they come from, as Docker's own client asks for it and shows it. */
class ProvenanceTest {
  @TempDir private Path folder;
  private Programs programs;
  private Registry registry;
  private UpstreamBuildx buildx;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    registry = Registry.start(folder);
    programs = Programs.start(folder);
    buildx = UpstreamBuildx.of("sid", folder).using("unix://" + folder.resolve("bk.sock"));
    var context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(context.resolve("file"), "content");
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nARG A\nCOPY file /\n");
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (programs != null) {
      programs.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private static Json.Obj parse(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aPushedImageStatesLittleOfItselfUnlessMoreIsWanted() throws Exception {
    var name = registry.host() + "/stated:1";
    buildx.run("build", "--build-arg=A=secret", "--push", "--tag=" + name, "context");
    var format = "--format={{json .Provenance.SLSA}}";
    var little = parse(buildx.run("imagetools", "inspect", format, name));
    var definition = little.object("buildDefinition");
    var request = definition.object("externalParameters").object("request");
    assertThat(request.text("frontend")).isEqualTo("dockerfile.v0");
    assertThat(request.object("args").members()).isEmpty();
    assertThat(definition.object("internalParameters").get("buildConfig")).isEmpty();

    buildx.run(
        "build", "--build-arg=A=a", "--push", "--tag=" + name, "--provenance=mode=max", "context");
    var much = parse(buildx.run("imagetools", "inspect", format, name)).object("buildDefinition");
    assertThat(
            much.object("externalParameters").object("request").object("args").text("build-arg:A"))
        .isEqualTo("a");
    assertThat(much.object("internalParameters").object("buildConfig").array("llbDefinition"))
        .hasSize(3);
  }

  @Test
  void aFileOfAnImageStatesOnlyWhatIsAskedFor() throws Exception {
    buildx.run("build", "--output=type=oci,dest=plain.tar", "context");
    buildx.run("build", "--provenance=mode=min", "--output=type=oci,dest=stated.tar", "context");
    assertThat(text("plain.tar")).doesNotContain("in-toto");
    assertThat(text("stated.tar"))
        .contains("\"artifactType\": \"application/vnd.docker.attestation.manifest.v1+json\"")
        .contains("\"predicateType\":\"https://slsa.dev/provenance/v1\",\"subject\":[]");
  }

  private String text(String file) throws java.io.IOException {
    return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatNobodyMakesIsRefused() throws Exception {
    var strict =
        buildx.call(
            "build",
            "--provenance=complete-materials=true",
            "--output=type=oci,dest=x.tar",
            "context");
    assertThat(strict.err()).contains("provenance materials are incomplete");
  }
}
