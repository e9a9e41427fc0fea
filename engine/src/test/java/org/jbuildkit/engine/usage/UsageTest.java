package org.jbuildkit.engine.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {
  @TempDir Path proc;

  @Test
  void whenThereAreTooManySamplesEverySecondOneIsDropped() {
    try (var sampler = Sampler.start("a test", 4, Duration.ofHours(1), Optional::empty)) {
      for (int i = 0; i < 6; i++) {
        sampler.add(Json.of(i));
      }
      assertThat(sampler.samples()).containsExactly(Json.of(0), Json.of(2), Json.of(4), Json.of(5));
    }
  }

  @Test
  void processorsTellSecondsBetweenTwoTimes() {
    var before = CpuTimes.parse("cpu  100 0 50 1000 5 0 1 0 0 0\ncpu0 1 2\n");
    var after = CpuTimes.parse("cpu  250 0 51 1000 5 0 1 0 0 0\n");
    assertThat(after.since(before).toJson().write())
        .isEqualTo(
            "{\"user\":1.5,\"nice\":0,\"system\":0.01,\"idle\":0,\"iowait\":0,\"irq\":0,"
                + "\"softirq\":0,\"steal\":0,\"guest\":0,\"guestNice\":0}");
  }

  @Test
  void pressureThatTheKernelDoesNotTellIsNull() {
    assertThat(Pressure.parse("some avg10=1.50 avg60=0.00 avg300=20.00 total=77\n").write())
        .isEqualTo(
            "{\"some\":{\"avg10\":1.5,\"avg60\":0,\"avg300\":20,\"total\":77},\"full\":null}");
  }

  @Test
  void theMachineIsToldInBuildKitsWords() throws Exception {
    Files.writeString(
        proc.resolve("stat"),
        "cpu  1 2 3 4 5 6 7 8 9 10\nctxt 99\nprocesses 12\nprocs_running 3\n");
    Files.writeString(proc.resolve("meminfo"), "MemTotal:  10 kB\nMemFree: 5 kB\nSlab: 1 kB\n");
    var clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    assertThat(new SystemUsage(proc, clock).sample().orElseThrow().write())
        .startsWith("{\"timestamp\":\"1970-01-01T00:00:00Z\",\"cpuStat\":{\"user\":0.01,")
        .contains(
            "\"procStat\":{\"contextSwitches\":99,\"processCreated\":12,\"processesRunning\":3}",
            "\"memoryStat\":{\"total\":10240,\"free\":5120,\"slab\":1024}");
  }
}
