package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buildx alone on a machine: it starts its daemon, shares it, and gets over its end. */
class LocalDriverTest {
  private static final int SIGKILL = 9;

  @TempDir Path folder;
  private Path context;
  private Launchers launchers;

  @BeforeEach
  void context() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY a /x\n");
    Files.writeString(context.resolve("a"), "a");
    launchers = Launchers.in(folder);
  }

  @AfterEach
  void stop() throws Exception {
    if (launchers != null) {
      launchers.buildx("stop");
    }
  }

  private Path root() {
    return launchers.root("default");
  }

  private Path instance() {
    return root().resolve("local/instance.json");
  }

  private long daemon() throws IOException {
    return Json.parseObject(Files.readAllBytes(instance())).number("pid");
  }

  private void build() throws Exception {
    var ended = launchers.buildx("build", "--output", folder.resolve("out").toString(), "ctx");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(folder.resolve("out/x")).hasContent("a");
  }

  @Test
  void aBuildStartsTheDaemonAndStopEndsIt() throws Exception {
    assertThat(launchers.buildx("ls").out()).contains("default*").contains("inactive");
    build();
    assertThat(launchers.buildx("ls").out()).containsPattern("_ default +running +v0.32");
    var again = launchers.buildx("build", "--builder", "default", "ctx");
    assertThat(again.err())
        .startsWith("#0 building with \"default\" instance using local driver\n\n")
        .contains("[1/1] COPY a /x\n#4 CACHED")
        .endsWith("to load image into docker use --load\n");

    assertThat(launchers.buildx("stop").status()).isZero();
    assertThat(instance()).doesNotExist();
    assertThat(launchers.buildx("ls").out()).containsPattern("_ default +stopped");
  }

  @Test
  void twentyBuildsAtOnceShareOneDaemon() throws Exception {
    var running = new ArrayList<Launchers.Running>();
    for (int i = 0; i < 20; i++) {
      running.add(launchers.startBuildx("build", "--output", "out" + i, "ctx"));
    }
    for (int i = 0; i < 20; i++) {
      var ended = running.get(i).await();
      assertThat(ended.status()).as(ended.err()).isZero();
      assertThat(folder.resolve("out" + i + "/x")).hasContent("a");
    }
    assertThat(root().resolve("local/buildkitd.log")).exists();
    assertThat(root().resolve("local/buildkitd.log.1")).as("log of another start").doesNotExist();
  }

  @Test
  void aKilledDaemonIsReplaced() throws Exception {
    build();
    long first = daemon();
    ProcessCalls.kill(first, SIGKILL);
    assertThat(instance()).exists();
    build();
    assertThat(daemon()).isNotEqualTo(first);
  }

  @Test
  void aDaemonThatEndsForLackOfWorkIsReplacedUnnoticed() throws Exception {
    launchers.with("JBUILDKIT_IDLE_TIMEOUT", "1ms");
    for (int i = 0; i < 3; i++) {
      build();
    }
    for (int i = 0; i < 200 && Files.exists(instance()); i++) {
      Thread.sleep(50);
    }
    assertThat(instance()).doesNotExist();
    assertThat(Files.readString(root().resolve("local/buildkitd.log")))
        .contains("nobody has been connected");
  }

  @Test
  void aDaemonThatDoesNotStartIsToldOfWithItsLog() throws Exception {
    var created =
        launchers.buildx("create", "--name", "bad", "--buildkitd-flags", "--debugaddr :1", "--use");
    assertThat(created.out()).as(created.err()).isEqualTo("bad\n");
    var ended = launchers.buildx("build", "ctx");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err())
        .contains(
            "ERROR: failed to build: the daemon ended with status 1 while it started; the end")
        .contains("\n  buildkitd: --debugaddr is not supported by this daemon");
    assertThat(launchers.buildx("rm", "bad").err()).isEqualTo("bad removed\n");
  }
}
