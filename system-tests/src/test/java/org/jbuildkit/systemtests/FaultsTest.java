package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets one clear error, and a crash loses nothing that was completed. */
class FaultsTest {
  @TempDir Path folder;
  private Path context;

  @BeforeEach
  void context() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    context = Files.createDirectory(folder.resolve("ctx"));
  }

  private void dockerfile(String text) throws IOException {
    Files.writeString(context.resolve("Dockerfile"), text);
  }

  @Test
  void mistakesAreShownWithTheirPlaceAndTheDaemonLivesOn() throws Exception {
    try (var programs = Programs.start(folder)) {
      dockerfile("FROM scratch\nCOPYY a /\n");
      var unknown = programs.build(context);
      assertThat(unknown.status()).isEqualTo(1);
      assertThat(unknown.output())
          .contains("   2 | >>> COPYY a /")
          .endsWith(
              "error: failed to solve: dockerfile parse error on line 2: unknown instruction:"
                  + " COPYY (did you mean COPY?)\n");

      dockerfile("FROM scratch\nCOPY nope /x\n");
      var missing = programs.build(context);
      assertThat(missing.status()).isEqualTo(1);
      assertThat(missing.output())
          .contains("   2 | >>> COPY nope /x")
          .contains("failed to calculate checksum of ref")
          .endsWith("\"/nope\": not found\n");

      dockerfile("FROM scratch\nRUN true\n");
      assertThat(programs.build(context).output())
          .contains("exec: \"/bin/sh\": stat /bin/sh: no such file or directory")
          .contains("   2 | >>> RUN true");
      assertThat(programs.isAlive()).isTrue();
    }
  }

  @Test
  void whatTheDaemonCantDoIsRefusedNotIgnored() throws Exception {
    dockerfile("FROM scratch\nWORKDIR /x\n");
    try (var programs = Programs.start(folder)) {
      assertThat(programs.build(context, "--opt", "attest:sbom=generator=").output())
          .contains("sbom generator cannot be empty");
      assertThat(programs.build(context, "--export-cache", "type=inline").output())
          .contains("unknown cache exporter: \"inline\"");
      assertThat(
              programs.build(context, "--import-cache", "type=registry,ref=localhost/x").output())
          .contains("unknown cache importer: \"registry\"");
      var preset = "attest:provenance=mode=min,inline-only=true";
      assertThat(programs.build(context, "--opt", preset).status()).isZero();
    }
  }

  @Test
  void aKilledDaemonLeavesCompletedStepsToTheNextOne() throws Exception {
    dockerfile("FROM scratch\nCOPY a /x\nWORKDIR /y\n");
    Files.writeString(context.resolve("a"), "a");
    var first = Programs.start(folder);
    try {
      assertThat(first.build(context).status()).isZero();
    } finally {
      first.kill();
    }
    try (var second = Programs.start(folder)) {
      var output = second.build(context).output();
      assertThat(output).containsPattern("\\[1/2\\] COPY a /x\n#\\d+ CACHED");
      assertThat(output).containsPattern("\\[2/2\\] WORKDIR /y\n#\\d+ CACHED");
    }
    assertThat(MountEntry.under(ByteName.ofText(folder.toString()))).isEmpty();
  }

  @Test
  void namesThatAreNoTextComeThroughByteForByte() throws Exception {
    var name = ByteName.of(new byte[] {'n', (byte) 0xFF, 'm'});
    try (var dir = Dir.open(context);
        var file = dir.create(name, 0644)) {
      file.write(new byte[] {'x'}, 0, 1);
    }
    dockerfile("FROM scratch\nCOPY . /x/\n");
    var out = folder.resolve("out");
    try (var programs = Programs.start(folder)) {
      var ended = programs.build(context, "--output", "type=local,dest=" + out);
      assertThat(ended.status()).as(ended.output()).isZero();
    }
    try (var dir = Dir.open(out.resolve("x"))) {
      assertThat(dir.stat(name).size()).isEqualTo(1);
    }
  }
}
