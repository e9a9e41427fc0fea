package org.jbuildkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.TaskScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's secrets and what belongs to them. */
class DockerConfigTest {
  @TempDir Path folder;

  private DockerConfig load(String json) throws Exception {
    Files.writeString(folder.resolve("config.json"), json);
    return DockerConfig.load(
        Map.of("DOCKER_CONFIG", folder.toString()),
        new PrintStream(java.io.OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  }

  @Test
  void aTokenSeedIsOneHoweverManyAskAtOnce() throws Exception {
    var config = load("{}");
    var seeds = new ArrayList<TaskScope.Task<byte[]>>();
    try (var scope = TaskScope.open()) {
      for (int i = 0; i < 8; i++) {
        seeds.add(scope.fork(() -> config.tokenSeed("example.com")));
      }
      scope.join();
    }
    var first = seeds.getFirst().get();
    assertThat(first).hasSize(16);
    assertThat(seeds).allSatisfy(seed -> assertThat(seed.get()).isEqualTo(first));
    var kept = Json.parseObject(Files.readAllBytes(folder.resolve(".token_seed")));
    assertThat(kept.object("example.com").text("Seed"))
        .isEqualTo(Base64.getEncoder().encodeToString(first));
  }

  @Test
  void aHostIsFoundUnderAnyFormOfItsName() throws Exception {
    var secret =
        Base64.getEncoder().encodeToString("user:pass:word".getBytes(StandardCharsets.UTF_8));
    var config =
        load("{\"auths\":{\"https://example.com:5000/v1/\":{\"auth\":\"" + secret + "\"}}}");
    var found = config.find("example.com:5000").orElseThrow();
    assertThat(found.username()).isEqualTo("user");
    assertThat(found.secret()).isEqualTo("pass:word");
    assertThat(config.find("example.com")).isEmpty();
  }

  private DockerConfig withVariable(String value, java.io.ByteArrayOutputStream warnings)
      throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"auths\":{\"example.com\":{\"username\":\"file\",\"password\":\"p\"}}}");
    return DockerConfig.load(
        Map.of("DOCKER_CONFIG", folder.toString(), "DOCKER_AUTH_CONFIG", value),
        new PrintStream(warnings, true, StandardCharsets.UTF_8));
  }

  @Test
  void theVariableComesBeforeTheFile() throws Exception {
    var secret = Base64.getEncoder().encodeToString("env:s".getBytes(StandardCharsets.UTF_8));
    var warnings = new java.io.ByteArrayOutputStream();
    var config =
        withVariable("{\"auths\":{\"example.com\":{\"auth\":\"" + secret + "\"}}}", warnings);
    assertThat(config.find("example.com").orElseThrow().username()).isEqualTo("env");
    assertThat(warnings.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aVariableThatSaysMoreIsWarnedAboutAndLeftOut() throws Exception {
    var warnings = new java.io.ByteArrayOutputStream();
    var config = withVariable("{\"auths\":{},\"credsStore\":\"x\"}", warnings);
    assertThat(config.find("example.com").orElseThrow().username()).isEqualTo("file");
    assertThat(warnings.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "Failed to create credential store from DOCKER_AUTH_CONFIG:  json: unknown field"
                + " \"credsStore\"\n");
  }

  @Test
  void aSeedThatCannotBeKeptCountsForTheProgram() throws Exception {
    var config =
        DockerConfig.load(
            Map.of("DOCKER_CONFIG", "/proc/self/nowhere"),
            new PrintStream(java.io.OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    assertThat(config.tokenSeed("h")).hasSize(16).isEqualTo(config.tokenSeed("h"));
  }
}
