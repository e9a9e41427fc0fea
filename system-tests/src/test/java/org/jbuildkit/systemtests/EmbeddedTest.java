package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.daemon.EmbeddedBuildkit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.SharedDirectories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that has the daemon inside. */
class EmbeddedTest {
  @TempDir Path folder;

  @BeforeEach
  void root() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
  }

  private BuildSpec spec(Path context, Path archive) {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("name", "example.org/in:process");
    return BuildSpec.of(
        RandomId.next(),
        "dockerfile.v0",
        new LinkedHashMap<>(),
        List.of(new BuildSpec.Endpoint("oci", attributes)),
        List.of(
            new SharedDirectories(Map.of("context", context, "dockerfile", context)),
            new ExportReceiver(
                Map.of(0, new ExportDestination.ToStream(_ -> Files.newOutputStream(archive))))));
  }

  @Test
  void anImageIsBuiltWithoutAnyOtherProcess() throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY a /x\n");
    Files.writeString(context.resolve("a"), "a");
    var archive = folder.resolve("image.tar");
    var config = DaemonConfig.embedded(folder.resolve("root"));
    try (var buildkit = EmbeddedBuildkit.start(config);
        var daemon = DaemonConnection.over(buildkit.openChannel())) {
      var outcome = new BuildRunner(daemon).run(spec(context, archive), _ -> {});
      assertThat(outcome.response()).containsEntry("image.name", "example.org/in:process");
      assertThatThrownBy(() -> EmbeddedBuildkit.start(config))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another instance running?");
    }
    assertThat(archive).isNotEmptyFile();
    try (var again = EmbeddedBuildkit.start(config)) {
      assertThat(again).as("the root is free again").isNotNull();
    }
  }
}
