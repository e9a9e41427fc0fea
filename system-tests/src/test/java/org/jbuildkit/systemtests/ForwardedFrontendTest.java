package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.frontend.FrontendRun;
import org.jbuildkit.frontend.RunSettings;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.SharedDirectories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The language in the client's process, with our daemon and with Docker's engine. */
@Timeout(300)
class ForwardedFrontendTest {
  private static final String FILE =
      """
      FROM scratch AS a
      ARG X=1
      COPY f /d/
      ENV A=$X
      FROM a
      COPY --chmod=755 --link f /g
      LABEL x=y
      CMD ["/g"]
      """;

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Programs programs;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    programs = Programs.start(shared);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (programs != null) {
      programs.close();
    }
  }

  private Path context(String file) throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("f"), "f");
    Files.writeString(context.resolve("Dockerfile"), file);
    return context;
  }

  private String build(Path context, SequencedMap<String, String> options) throws Exception {
    var address = "unix://" + shared.resolve("bk.sock");
    try (var daemon = DaemonConnection.open(address, TlsFiles.NONE)) {
      return build(daemon, context, options);
    }
  }

  /** The digest of the image that comes of the language here, and of the daemon there. */
  private String build(DaemonConnection daemon, Path context, SequencedMap<String, String> options)
      throws Exception {
    var archive = Files.createTempFile(folder, "image", ".tar");
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("compression", "uncompressed");
    attributes.put("rewrite-timestamp", "true");
    attributes.put("source-date-epoch", "1700000000");
    var spec =
        BuildSpec.of(
            RandomId.next(),
            "",
            options,
            List.of(new BuildSpec.Endpoint("oci", attributes)),
            List.of(
                new SharedDirectories(Map.of("context", context, "dockerfile", context)),
                new ExportReceiver(
                    Map.of(
                        0, new ExportDestination.ToStream(_ -> Files.newOutputStream(archive))))));
    var outcome =
        new BuildRunner(daemon)
            .run(
                spec,
                (gateway, session, workers) -> {
                  var settings = RunSettings.of(options, session, workers);
                  var _ = new FrontendRun(gateway, settings).run();
                },
                _ -> {});
    assertThat(outcome.metadata()).isEmpty();
    return outcome.response().getOrDefault("containerimage.digest", "");
  }

  private static SequencedMap<String, String> dated() {
    var options = new LinkedHashMap<String, String>();
    options.put("build-arg:SOURCE_DATE_EPOCH", "1700000000");
    return options;
  }

  @Test
  void theImageIsTheOneThatTheDaemonsLanguageMakes() throws Exception {
    var context = context(FILE);
    var forwarded = build(context, dated());
    var ended =
        programs.build(
            context,
            "--opt=build-arg:SOURCE_DATE_EPOCH=1700000000",
            "--metadata-file=" + folder.resolve("meta.json"),
            "--output=type=oci,compression=uncompressed,rewrite-timestamp=true,dest="
                + folder.resolve("out.tar"));
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(forwarded).startsWith("sha256:");
    assertThat(folder.resolve("meta.json")).content().contains(forwarded);
  }

  @Test
  void dockersEngineRunsWhatTheClientMakes() throws Exception {
    var context = context(FILE);
    try (var engine = DockerEngine.start(folder.resolve("docker"));
        var builder = DockerBuilder.dial(engine, folder);
        var daemon = DaemonConnection.over(builder.channel())) {
      assertThat(build(daemon, context, dated())).isEqualTo(build(context, dated()));
    }
  }

  @Test
  void aMistakeEndsTheBuild() throws Exception {
    var context = context("FROM scratch\nFOO x\n");
    assertThatThrownBy(() -> build(context, new LinkedHashMap<>()))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("unknown instruction");
  }
}
