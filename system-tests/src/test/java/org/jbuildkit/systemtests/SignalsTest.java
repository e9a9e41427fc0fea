package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals to a daemon that is in the middle of a build. */
class SignalsTest {
  private static final int SIGTERM = 15;

  @TempDir Path folder;
  private Launchers launchers;
  private Launchers.Running build;

  @BeforeEach
  void startBuild() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    launchers = Launchers.in(folder);
    var context = Files.createDirectory(folder.resolve("ctx"));
    // A destination that does not go on keeps the build from ending.
    var wait = "while [ ! -e go ]; do sleep 0.1; done; cat >out.tar";
    var command = launchers.program("buildx") + " build -o type=oci,dest=- ctx | (" + wait + ")";
    var incompressible = new byte[24 << 20];
    new Random(1).nextBytes(incompressible);
    Files.write(context.resolve("big"), incompressible);
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY . /x\n");
    build = launchers.start(folder, List.of("sh", "-c", command));
    var instance = launchers.root("default").resolve("local/instance.json");
    for (int i = 0; i < 300 && !build.err().contains("sending tarball"); i++) {
      Thread.sleep(100);
    }
    assertThat(build.err()).contains("sending tarball");
    assertThat(instance).exists();
  }

  @AfterEach
  void stop() throws Exception {
    if (launchers != null) {
      Files.writeString(folder.resolve("go"), "");
      launchers.buildx("stop");
    }
  }

  private long daemon() throws IOException {
    var file = launchers.root("default").resolve("local/instance.json");
    return Json.parseObject(Files.readAllBytes(file)).number("pid");
  }

  @Test
  void theFirstLetsBuildsFinish() throws Exception {
    long pid = daemon();
    ProcessCalls.kill(pid, SIGTERM);
    Thread.sleep(500);
    assertThat(ProcessHandle.of(pid)).isPresent();
    Files.writeString(folder.resolve("go"), "");
    assertThat(build.await().err()).contains("sending tarball").doesNotContain("ERROR");
    assertThat(folder.resolve("out.tar")).isNotEmptyFile();
    awaitEnd(pid);
  }

  @Test
  void theThirdEndsTheProcess() throws Exception {
    long pid = daemon();
    ProcessCalls.kill(pid, SIGTERM);
    Thread.sleep(200);
    ProcessCalls.kill(pid, SIGTERM);
    Thread.sleep(500);
    assertThat(ProcessHandle.of(pid)).isPresent();
    ProcessCalls.kill(pid, SIGTERM);
    awaitEnd(pid);
    Files.writeString(folder.resolve("go"), "");
    assertThat(build.await().err()).contains("ERROR: failed to build: ").contains("Unavailable");
  }

  private static void awaitEnd(long pid) throws InterruptedException {
    for (int i = 0; i < 300 && ProcessHandle.of(pid).isPresent(); i++) {
      Thread.sleep(50);
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }
}
