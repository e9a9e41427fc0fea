package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.MountFlag;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, a limit that is reached, and kills in the middle of things. */
@Timeout(300)
class StorageTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final int MEGABYTE = 1 << 20;
  private static final String BASE = "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\n";

  @TempDir Path folder;
  private Path context;

  @BeforeEach
  void context() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    context = Files.createDirectory(folder.resolve("ctx"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
  }

  private void dockerfile(String text) throws IOException {
    Files.writeString(context.resolve("Dockerfile"), BASE + text);
  }

  private void data(int megabytes, long seed) throws IOException {
    var bytes = new byte[megabytes * MEGABYTE];
    new Random(seed).nextBytes(bytes);
    Files.write(context.resolve("data"), bytes);
  }

  private static String step(int megabytes, Object mark) {
    return "RUN echo %s && dd if=/dev/zero of=/data bs=1M count=%d\n".formatted(mark, megabytes);
  }

  private Path limited(String size) throws IOException {
    return Files.writeString(
        folder.resolve("limit.toml"), "[worker.oci]\n  maxDiskUsage = \"" + size + "\"\n");
  }

  @Test
  void aFullDiskFailsTheBuildAndNothingElse() throws Exception {
    var root = Files.createDirectory(folder.resolve("root"));
    var place = ByteName.ofText(root.toString());
    Mounts.mount(
        ByteName.ofText("tmpfs"), place, "tmpfs", EnumSet.noneOf(MountFlag.class), "size=48m");
    try (var programs = Programs.start(folder)) {
      dockerfile("RUN echo kept > /kept\n");
      assertThat(programs.build(context).status()).isZero();

      dockerfile("RUN echo kept > /kept\n" + step(60, "full"));
      assertThat(programs.build(context).output()).contains("No space left on device");
      dockerfile("RUN echo kept > /kept\nCOPY data /copied\n");
      data(60, 1);
      assertThat(programs.build(context).output()).containsIgnoringCase("no space left on device");
      data(30, 1);
      assertThat(programs.build(context).output()).containsIgnoringCase("no space left on device");

      assertThat(programs.isAlive()).isTrue();
      Files.delete(context.resolve("data"));
      assertThat(programs.buildctl(Map.of(), List.of("prune", "--filter", "type==source.local")))
          .returns(0, Programs.Ended::status);
      dockerfile("RUN echo kept > /kept\nRUN echo next > /next\n");
      var next = programs.build(context);
      assertThat(next.status()).as(next.output()).isZero();
      assertThat(next.output()).containsPattern("RUN echo kept > /kept\n#\\d+ CACHED");
    } finally {
      for (var mount : MountEntry.under(place)) {
        Mounts.detach(mount.mountPoint());
      }
    }
  }

  @Test
  void theLimitHoldsWhileMoreThanItPassesThrough() throws Exception {
    var config = limited("100MB");
    try (var programs = Programs.start(folder, "--config", config.toString());
        var sampler = new Sampler(folder.resolve("root"))) {
      for (int i = 0; i < 6; i++) {
        data(20, i);
        dockerfile(step(15, i) + "COPY data /copied\nRUN cmp /data /data\n");
        var out = folder.resolve("out" + i);
        var ended = programs.build(context, "--output", "type=local,dest=" + out);
        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(out.resolve("copied")).hasSameBinaryContentAs(context.resolve("data"));
        assertThat(Files.size(out.resolve("data"))).isEqualTo(15L * MEGABYTE);
      }
      assertThat(sampler.most()).isLessThan(110L * MEGABYTE);
    }
  }

  @Test
  void aStepThatAloneNeedsMoreThanTheLimitIsStoppedWithAClearError() throws Exception {
    var config = limited("100MB");
    try (var programs = Programs.start(folder, "--config", config.toString())) {
      dockerfile(
          "RUN i=0; while [ $i -lt 60 ]; do dd if=/dev/zero of=/f$i bs=1M count=4; sleep 0.1;"
              + " i=$((i+1)); done\n");
      var ended = programs.build(context);
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.output())
          .contains(
              "did not complete successfully: the disk usage limit of 100MB is reached and nothing"
                  + " more can be removed");
      assertThat(Sampler.used(folder.resolve("root"))).isLessThan(100L * MEGABYTE);

      data(120, 7);
      dockerfile("COPY data /copied\n");
      assertThat(programs.build(context).output())
          .contains("the disk usage limit of 100MB is reached and nothing more can be removed");
      Files.delete(context.resolve("data"));
      dockerfile("RUN echo next\n");
      assertThat(programs.build(context).status()).isZero();
    }
  }

  @Test
  void killsAtAnyMomentLeaveNothingBehind() throws Exception {
    var moments = new Random(42);
    for (int round = 0; round < 10; round++) {
      dockerfile(step(2, round) + "RUN --mount=type=cache,target=/c echo x >> /c/f\n");
      boolean isCompleted = buildUntilKilled(500 + moments.nextInt(3000));
      try (var second = Programs.start(folder)) {
        assertThat(MountEntry.under(ByteName.ofText(folder.toString()))).isEmpty();
        assertThat(second.root().resolve("content/ingest")).isEmptyDirectory();
        assertThat(second.root().resolve("executor/containers")).isEmptyDirectory();
        var again = second.build(context);
        assertThat(again.status()).as(again.output()).isZero();
        if (isCompleted) {
          assertThat(again.output()).containsPattern("RUN --mount.*\n#\\d+ CACHED");
        }
      }
    }
  }

  private boolean buildUntilKilled(int millis) throws IOException, InterruptedException {
    var first = Programs.start(folder);
    try {
      var out = "type=oci,dest=" + folder.resolve("out.tar");
      var client = first.startBuild(context, "--output", out).process();
      return client.waitFor(millis, TimeUnit.MILLISECONDS) && client.exitValue() == 0;
    } finally {
      first.kill();
    }
  }
}
