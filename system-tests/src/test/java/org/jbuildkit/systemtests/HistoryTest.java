package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Docker's own client, unmodified, finds of builds that our daemon did. */
class HistoryTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir private Path folder;
  private Programs programs;
  private UpstreamBuildx buildx;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    programs = Programs.start(folder);
    buildx = UpstreamBuildx.of("sid", folder).using("unix://" + folder.resolve("bk.sock"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (programs != null) {
      programs.close();
    }
  }

  private Path context(String last) throws IOException {
    var context = Files.createDirectories(folder.resolve("hello"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        COPY --chmod=755 busybox /bin/sh
        ARG WHO
        RUN echo "hello $WHO"
        %s
        """
            .formatted(last));
    return context;
  }

  private static Json.Obj parse(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> listed() throws IOException, InterruptedException {
    return buildx
        .run("history", "ls", "--format=json")
        .lines()
        .map(line -> parse(line).text("name") + " " + parse(line).text("status"))
        .toList();
  }

  private void build(Path context) throws IOException, InterruptedException {
    buildx.run(
        "build",
        "--build-arg=WHO=world",
        "--label=kind=test",
        "--output=type=oci,dest=" + folder.resolve("image.tar"),
        "--metadata-file=" + folder.resolve("metadata.json"),
        context.toString());
  }

  @Test
  void aRecordTellsAllOfItsBuildAndOutlivesTheDaemon() throws Exception {
    build(context("LABEL x=y"));
    assertThat(listed()).containsExactly("hello Completed");
    var metadata = parse(Files.readString(folder.resolve("metadata.json")));
    var materials = metadata.object("buildx.build.provenance");
    assertThat(materials.object("invocation").object("parameters").text("frontend"))
        .isEqualTo("dockerfile.v0");

    programs.close();
    programs = Programs.start(folder);
    assertThat(listed()).containsExactly("hello Completed");
    var record = parse(buildx.run("history", "inspect", "--format=json"));
    assertThat(record.text("Status")).isEqualTo("completed");
    assertThat(record.number("NumCompletedSteps")).isEqualTo(record.number("NumTotalSteps"));
    assertThat(record.object("Config").members()).isEmpty();
    assertThat(record.array("Attachments"))
        .extracting(attachment -> ((Json.Obj) attachment).text("Type"))
        .containsExactlyInAnyOrder(
            "application/vnd.oci.image.manifest.v1+json", "https://slsa.dev/provenance/v1");
    assertThat(buildx.run("history", "inspect"))
        .contains("Name:\t\thello")
        .contains("WHO\t\tworld")
        .containsPattern("kind\\s+test");
    assertThat(buildx.call("history", "logs", "--progress=plain").err())
        .contains("[2/2] RUN echo \"hello world\"")
        .contains("hello world\n")
        .contains("exporting to oci image format");
  }

  @Test
  void whatARecordKeepsCanBeReadAndExported() throws Exception {
    build(context("LABEL x=y"));
    var manifest = parse(buildx.run("history", "inspect", "attachment", "--type=manifest"));
    assertThat(manifest.array("layers")).hasSize(2);
    var provenance = parse(buildx.run("history", "inspect", "attachment", "--type=provenance"));
    var definition = provenance.object("buildDefinition");
    var request = definition.object("externalParameters").object("request");
    assertThat(request.object("args").text("build-arg:WHO")).isEqualTo("world");
    assertThat(request.array("locals")).hasSize(2);
    assertThat(definition.object("internalParameters").object("buildConfig").array("llbDefinition"))
        .hasSize(4);

    var bundle = folder.resolve("x.dockerbuild");
    buildx.run("history", "export", "--finalize", "--output=" + bundle);
    try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(bundle)))) {
      var text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(text)
          .contains("\"mediaType\": \"application/vnd.buildkit.otlp.json.v0\"")
          .contains("\"mediaType\": \"application/vnd.buildkit.status.v0\"")
          .contains("\"Name\": \"moby.buildkit.v1.Control/Solve\"")
          .contains("\"Name\": \"[2/2] RUN echo \\\"hello world\\\"\"");
    }
  }

  @Test
  void aFailureIsShownWithItsSourceAndItsLog() throws Exception {
    var context = context("RUN echo last words && exit 3");
    assertThat(buildx.call("build", context.toString()).status()).isEqualTo(1);
    assertThat(listed()).containsExactly("hello Error");
    assertThat(buildx.run("history", "inspect"))
        .contains("exit code: 3")
        .contains(">>> RUN echo last words && exit 3")
        .contains("> last words");
  }

  @Test
  void recordsThatAreRemovedAreGoneWithTheirBlobs() throws Exception {
    build(context("LABEL x=y"));
    var ref = parse(buildx.run("history", "ls", "--format=json")).text("ref");
    var blobs = folder.resolve("root/content/blobs/sha256");
    var id = ref.substring(ref.lastIndexOf('/') + 1);
    buildx.run(
        "history", "export", "--finalize", "--output=" + folder.resolve("x.dockerbuild"), id);
    long before = count(blobs);
    buildx.run("history", "rm", id);
    assertThat(listed()).isEmpty();
    // The log, the provenance and the trace are no one else's; the image's documents go as well.
    assertThat(count(blobs)).isLessThanOrEqualTo(before - 3);
    var again = buildx.call("history", "rm", id);
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("lease \"ref_" + id + "\": not found");
  }

  private static long count(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void aBuildThatDiesWithTheDaemonLeavesNoRecord() throws Exception {
    var context = context("RUN echo started && sleep 60");
    var build = programs.startBuild(context);
    build.awaitOutput(" started\n");
    assertThat(listed()).singleElement().asString().endsWith("Running");
    programs.kill();
    assertThat(build.await().status()).isEqualTo(1);
    programs = Programs.start(folder);
    assertThat(listed()).isEmpty();
  }
}
