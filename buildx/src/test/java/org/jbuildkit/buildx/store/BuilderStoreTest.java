package org.jbuildkit.buildx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuilderStoreTest {
  private static final String KEY = "unix:///var/run/docker.sock";

  @TempDir Path folder;
  private BuilderStore store;

  @BeforeEach
  void open() throws Exception {
    store = BuilderStore.open(folder.resolve("store"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static NodeGroup group(String name) {
    var node =
        new StoredNode(
            name + "0",
            "unix:///s.sock",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new NodeGroup(name, "remote", List.of(node), false);
  }

  private String content(String name) throws Exception {
    return Files.readString(folder.resolve("store").resolve(name));
  }

  @Test
  void filesAreThoseOfOtherBuildxPrograms() throws Exception {
    store.save(group("Rb"));
    assertThat(content("instances/rb"))
        .isEqualTo(
            "{\"Name\":\"Rb\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"Rb0\",\"Endpoint\":\"unix:///s.sock\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],\"Dynamic\":false}");
    assertThat(content("activity/Rb")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("store/instances/rb"))))
        .isEqualTo("rw-------");
    assertThat(store.find("RB")).isEqualTo(group("Rb"));
  }

  @Test
  void everythingOfANodeSurvives() throws Exception {
    var options = new LinkedHashMap<String, String>();
    options.put("image", "moby/buildkit:master");
    var files = new LinkedHashMap<String, String>();
    files.put("buildkitd.toml", "ZGVidWc9dHJ1ZQ==");
    var node =
        new StoredNode(
            "mybuilder0",
            "unix:///var/run/docker.sock",
            Optional.of(List.of(Platform.parse("linux/arm64"))),
            Optional.of(options),
            Optional.of(List.of("--allow-insecure-entitlement=network.host")),
            Optional.of(files));
    store.save(new NodeGroup("mybuilder", "docker-container", List.of(node), false));
    assertThat(content("instances/mybuilder"))
        .isEqualTo(
            "{\"Name\":\"mybuilder\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"mybuilder0\",\"Endpoint\":\"unix:///var/run/docker.sock\",\"Platforms\":[{\"architecture\":\"arm64\",\"os\":\"linux\"}],\"DriverOpts\":{\"image\":\"moby/buildkit:master\"},\"Flags\":[\"--allow-insecure-entitlement=network.host\"],\"Files\":{\"buildkitd.toml\":\"ZGVidWc9dHJ1ZQ==\"}}],\"Dynamic\":false}");
    assertThat(store.find("mybuilder").nodes()).containsExactly(node);
    assertThat(node.file("buildkitd.toml").orElseThrow()).asString().isEqualTo("debug=true");
  }

  @Test
  void theChoiceDependsOnWhereDockerCommandsGo() throws Exception {
    store.save(group("rb"));
    store.choose(KEY, "rb", false, false);
    assertThat(content("current"))
        .isEqualTo("{\"Key\":\"unix:///var/run/docker.sock\",\"Name\":\"rb\",\"Global\":false}");
    assertThat(store.current(KEY)).contains(group("rb"));
    assertThat(store.current("desktop-linux")).isEmpty();
    assertThat(store.current(KEY)).as("forgotten by the question before").isEmpty();

    store.choose(KEY, "rb", true, false);
    assertThat(store.current("desktop-linux")).contains(group("rb"));

    store.choose(KEY, "rb", false, true);
    assertThat(content("defaults/13c4025c96f36e94b348")).isEqualTo("rb");
    assertThat(store.current("desktop-linux")).isEmpty();
    assertThat(store.current(KEY)).contains(group("rb"));

    store.remove("rb");
    assertThat(store.current(KEY)).isEmpty();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void listingGoesByNameWithCapitalsFirst() throws Exception {
    store.save(group("b"));
    store.save(group("Z"));
    store.save(group("a"));
    assertThat(store.list()).extracting(NodeGroup::name).containsExactly("Z", "a", "b");
  }

  @Test
  void badNamesAreRefusedAsTheyWereTyped() {
    assertThatThrownBy(() -> store.find("a/b"))
        .hasMessage(
            "invalid name a/b, name needs to start with a letter and may not contain symbols,"
                + " except ._-");
    assertThatThrownBy(() -> store.find("nope"))
        .hasMessageEndingWith("/instances/nope: no such file or directory");
  }
}
