package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that start from images in a registry and are pushed to one. */
class RegistryTest {
  @TempDir Path folder;
  private RegistryProgram registry;
  private Programs programs;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    registry = RegistryProgram.start(folder.resolve("registry"), false);
    programs = Programs.start(Files.createDirectories(folder.resolve("daemon")));
  }

  @AfterEach
  void close() throws Exception {
    if (programs != null) {
      programs.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private Programs.Ended build(Map<String, String> environment, String dockerfile, String... more)
      throws Exception {
    var context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    Files.writeString(context.resolve("f"), "content\n");
    return programs.build(environment, context, more);
  }

  private void succeeds(String dockerfile, String... more) throws Exception {
    var ended = build(Map.of(), dockerfile, more);
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private String image(String name) {
    return registry.host() + "/" + name;
  }

  private static byte[] skopeo(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "skopeo is not installed");
    var command = new ArrayList<>(List.of("skopeo", "inspect", "--tls-verify=false"));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static Json.Obj inspect(String... arguments) throws IOException, InterruptedException {
    return Json.parseObject(skopeo(arguments));
  }

  @Test
  void aPushedImageIsPulledAndBuiltUpon() throws Exception {
    succeeds(
        "FROM scratch\nCOPY f /base\n",
        "--output",
        "type=image,push=true,name=" + image("base:v1"));
    var metadata = folder.resolve("metadata.json");
    succeeds(
        "FROM " + image("base:v1") + "\nCOPY f /more\nLABEL a=b\n",
        "--metadata-file",
        metadata.toString(),
        "--output",
        "type=image,push=true,name=" + image("app:v1"));
    var seen = inspect("docker://" + image("app:v1"));
    assertThat(seen.texts("Layers")).hasSize(2);
    assertThat(seen.object("Labels").text("a")).isEqualTo("b");
    var told = Json.parseObject(Files.readAllBytes(metadata));
    assertThat(told.text("containerimage.digest")).isEqualTo(seen.text("Digest"));
    assertThat(told.text("image.name")).isEqualTo(image("app:v1"));
    var out = folder.resolve("out");
    succeeds("FROM " + image("app:v1"), "--no-cache", "--output", "type=local,dest=" + out);
    assertThat(out.resolve("base")).hasContent("content\n");
    assertThat(out.resolve("more")).hasContent("content\n");
  }

  @Test
  void aLinkedCopyNeitherPullsNorSendsItsBase() throws Exception {
    succeeds(
        "FROM scratch\nCOPY f /base\n",
        "--output",
        "type=image,push=true,name=" + image("base:v1"));
    var layer = inspect("docker://" + image("base:v1")).texts("Layers").getFirst();
    programs.close();
    programs = Programs.start(Files.createDirectories(folder.resolve("other")));
    succeeds(
        "FROM " + image("base:v1") + "\nCOPY --link Dockerfile /more\n",
        "--output",
        "type=image,push=true,name=" + image("app:v1"));
    assertThat(programs.root().resolve("content/blobs/sha256").resolve(layer.substring(7)))
        .doesNotExist();
    assertThat(registry.log()).contains("uploads/?mount=" + layer + "&from=base");
    assertThat(inspect("docker://" + image("app:v1")).texts("Layers")).hasSize(2).contains(layer);
  }

  @Test
  void severalPlatformsAreOneIndex() throws Exception {
    succeeds(
        "FROM scratch\nCOPY f /base\n",
        "--opt",
        "platform=linux/amd64,linux/arm64",
        "--output",
        "type=image,push=true,name=" + image("base:v1"));
    var index = inspect("--raw", "docker://" + image("base:v1"));
    assertThat(index.array("manifests"))
        .extracting(one -> ((Json.Obj) one).object("platform").text("architecture"))
        .containsExactly("amd64", "arm64");
    var log =
        build(
            Map.of(),
            "FROM --platform=linux/arm64 " + image("base:v1") + "\nCOPY f /more\n",
            "--output",
            "type=image,push=true,name=" + image("app:v1"));
    assertThat(log.output()).contains("load metadata for " + image("base:v1"));
    assertThat(inspect("--config", "docker://" + image("app:v1")).text("architecture"))
        .isEqualTo("arm64");
  }

  @Test
  void aPushByDigestLeavesNoTag() throws Exception {
    var metadata = folder.resolve("metadata.json");
    succeeds(
        "FROM scratch\nCOPY f /base\n",
        "--metadata-file",
        metadata.toString(),
        "--output",
        "type=image,push=true,push-by-digest=true,name=" + image("base"));
    var digest = Json.parseObject(Files.readAllBytes(metadata)).text("containerimage.digest");
    assertThat(inspect("--raw", "docker://" + image("base") + "@" + digest).array("layers"))
        .hasSize(1);
    var tagged =
        build(
            Map.of(),
            "FROM scratch\nCOPY f /base\n",
            "--output",
            "type=image,push=true,push-by-digest=true,name=" + image("base:v1"));
    assertThat(tagged.output())
        .contains("can't push tagged ref " + image("base:v1") + " by digest");
  }

  @Test
  void aMissingImageIsToldByName() throws Exception {
    var ended = build(Map.of(), "FROM " + image("base:nope") + "\n");
    assertThat(ended.status()).isNotZero();
    assertThat(ended.output())
        .contains(
            "failed to solve: %1$s: failed to resolve source metadata for %1$s: %1$s: not found"
                .formatted(image("base:nope")));
  }

  @Test
  void aNamedContextMayBeAnImage() throws Exception {
    succeeds(
        "FROM scratch\nCOPY f /base\n",
        "--output",
        "type=image,push=true,name=" + image("base:v1"));
    var out = folder.resolve("out");
    succeeds(
        "FROM scratch\nCOPY --from=data /base /copied\n",
        "--opt",
        "context:data=docker-image://" + image("base:v1"),
        "--output",
        "type=local,dest=" + out);
    assertThat(out.resolve("copied")).hasContent("content\n");
  }

  @Test
  void aRegistryThatAsksNamesIsUsedWithTheClientsLogin() throws Exception {
    registry.close();
    registry = RegistryProgram.start(folder.resolve("asking"), true);
    var known = Map.of("DOCKER_CONFIG", registry.login().toString());
    var push =
        build(
            known,
            "FROM scratch\nCOPY f /base\n",
            "--output",
            "type=image,push=true,name=" + image("base:v1"));
    assertThat(push.status()).as(push.output()).isZero();
    var anonymous =
        build(
            Map.of("DOCKER_CONFIG", folder.resolve("none").toString()),
            "FROM " + image("base:v1") + "\nCOPY f /more\n");
    assertThat(anonymous.status()).isNotZero();
    assertThat(anonymous.output()).contains("401 Unauthorized");
    var out = folder.resolve("out");
    var pull =
        build(known, "FROM " + image("base:v1") + "\n", "--output", "type=local,dest=" + out);
    assertThat(pull.status()).as(pull.output()).isZero();
    assertThat(out.resolve("base")).hasContent("content\n");
    assertThat(programs.log()).doesNotContain("secret");
  }
}
