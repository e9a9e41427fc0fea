package org.jbuildkit.executor.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformsTest {
  @TempDir Path folder;

  @BeforeEach
  void needRoot() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "programs are tried in a chroot");
  }

  private RunnablePlatforms platforms(List<Platform> configured) throws IOException {
    return new RunnablePlatforms(
        folder.resolve("probes"), configured, Duration.ofSeconds(20), Clock.systemUTC());
  }

  private static ProbeProgram program(String architecture) {
    return ProbeProgram.ALL.stream()
        .filter(program -> program.architecture().equals(architecture))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "amd64, x86_64", "arm64, aarch64", "riscv64, riscv64", "ppc64, ppc64", "ppc64le, ppc64le",
    "s390x, s390x", "386, i386", "mips64le, mips64el", "mips64, mips64", "loong64, loongarch64",
    "arm, arm"
  })
  void probesAreProgramsOfTheirArchitecture(String architecture, String machine) throws Exception {
    var emulator = Path.of("/usr/bin/qemu-" + machine + "-static");
    assumeTrue(Files.isExecutable(emulator), "qemu-user-static is not installed");
    var program = program(architecture);
    var file = Files.write(folder.resolve("check"), program.file());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    var process = new ProcessBuilder(emulator.toString(), file.toString()).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isBetween(65, architecture.equals("amd64") ? 66 : 65);
  }

  @Test
  void theHostComesFirstAndRunsItsOwnProbe() throws Exception {
    var told = platforms(List.of()).told();
    assertThat(told.getFirst()).isEqualTo(Platform.host());
    var probe = new PlatformProbe(folder);
    assertThat(probe.run(program(Platform.host().architecture()))).isPresent();
    assertThat(folder.resolve("probes")).isEmptyDirectory();
  }

  @Test
  void whatIsConfiguredStaysAndWhatRunsIsAppended() throws Exception {
    var strange = new Platform("linux", "sparc64", "");
    assertThat(platforms(List.of(strange)).told()).startsWith(strange).contains(Platform.host());
  }

  /** CVE-2020-27534: probing used a temporary name that others could foresee. */
  @Test
  void probesRunInFoldersOfOurOwnWithNamesThatNobodyKnows() throws Exception {
    var hostile = Files.createDirectories(folder.resolve("parent"));
    var probe = new PlatformProbe(hostile);
    Files.createSymbolicLink(hostile.resolve("check"), Path.of("/etc/passwd"));
    var seen = new java.util.HashSet<String>();
    try (var watch = hostile.getFileSystem().newWatchService()) {
      var _ = hostile.register(watch, java.nio.file.StandardWatchEventKinds.ENTRY_CREATE);
      for (int i = 0; i < 3; i++) {
        probe.run(program(Platform.host().architecture()));
      }
      var key = watch.poll(5, TimeUnit.SECONDS);
      assertThat(key).isNotNull();
      key.pollEvents().forEach(event -> seen.add(String.valueOf(event.context())));
    }
    assertThat(seen).hasSize(3);
  }

  @Test
  void anEmulatorIsFoundByItsNameAndCopiedForEveryUser() throws Exception {
    var place = Files.createDirectories(folder.resolve("bin"));
    var program = Files.writeString(place.resolve("buildkit-qemu-sparc64"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    var emulators =
        new Emulators(platforms(List.of()), folder.resolve("emulators"), place.toString());
    var found = emulators.emulator(new Platform("linux", "sparc64", "")).orElseThrow();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(found)))
        .isEqualTo("r-xr-xr-x");
    assertThat(emulators.emulator(Platform.host())).isEmpty();
    assertThat(emulators.emulator(new Platform("linux", "sparc", ""))).isEmpty();
  }

  @Test
  void levelsThatNoProcessorHasAreRefused() throws Exception {
    var emulators = new Emulators(platforms(List.of()), folder, "");
    assertThatThrownBy(() -> emulators.emulator(new Platform("linux", "amd64", "v9")))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith(
            "no support for running processes with linux/amd64/v9 platform, supported:");
  }
}
