package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code buildctl} says about a daemon after a build. */
@Timeout(180)
class BuildctlTest {
  private static final String ID = "[a-z0-9]{25}";
  private static final String SIZE = "[0-9.]+[kM]?B";
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)? \\+0000 UTC";
  private static final String SHORT_TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)";

  @TempDir Path folder;
  private Programs programs;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    programs = Programs.start(folder);
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("in"), "made");
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY in /out\n");
    var ended =
        programs.build(
            context,
            "--ref-file=" + folder.resolve("ref"),
            "--metadata-file=" + folder.resolve("metadata"),
            "--debug-json-cache-metrics=" + folder.resolve("metrics"),
            "--trace=" + folder.resolve("trace"));
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    if (programs != null) {
      programs.close();
    }
  }

  private Programs.Ended run(String... arguments) throws Exception {
    return programs.buildctl(Map.of(), List.of(arguments));
  }

  private String output(String... arguments) throws Exception {
    var ended = run(arguments);
    assertThat(ended.status()).as(ended.output()).isZero();
    return ended.output();
  }

  @Test
  void filesTellOfTheBuild() throws Exception {
    assertThat(Files.readString(folder.resolve("ref"))).matches(ID);
    assertThat(folder.resolve("metadata")).as("a build without outputs").doesNotExist();
    assertThat(Files.readString(folder.resolve("metrics")))
        .matches(
            "cache miss: \\[1/1] COPY in /out\n"
                + "\\{\"total\":4,\"completed\":4,\"user_total\":1,\"user_cached\":0,"
                + "\"user_completed\":1,\"user_cacheable\":1,\"from\":0,\"miss\":1,"
                + "\"client_duration_ms\":\\d+}\n");
    assertThat(Files.readString(folder.resolve("trace"))).startsWith("{\"vertexes\":[");
  }

  @Test
  void diskUsageIsATableAndRecordsAndTemplates() throws Exception {
    assertThat(output("du"))
        .matches(
            "ID\t{9}RECLAIMABLE\tSIZE\t{1,2}LAST ACCESSED\n"
                + ("(" + ID + "\\*? +\t(true |false)      \t" + SIZE + "\\*?\t{1,2}\n)+")
                + "(Shared:\t\\S+\nPrivate:\t\\S+\n)?"
                + "Reclaimable:\t\\S+\nTotal:\t\t\\S+\n");
    assertThat(output("du", "-v"))
        .containsPattern(
            "ID:\t\t"
                + ID
                + "\n(Parents:\t\\S+\n)?Created at:\t"
                + TIME
                + "\nMutable:\t(true|false)\n"
                + "Reclaimable:\t(true|false)\nShared:\t\t(true|false)\nSize:\t\t"
                + SIZE
                + "\n");
    assertThat(output("du", "--format", "{{range .}}{{.ID}} {{.Mutable}} {{.Size}}\n{{end}}"))
        .matches("(" + ID + " (true|false) \\d+\n)+\n");
    assertThat(output("du", "--filter", "id==nope"))
        .isEqualTo("ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED\n");
    var bad = run("du", "--format", "{{.Nope}}");
    assertThat(bad.status()).isEqualTo(1);
    assertThat(bad.output())
        .startsWith(
            "error: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type");
  }

  @Test
  void whatIsPrunedIsShown() throws Exception {
    assertThat(output("prune", "--all"))
        .matches(
            "ID\t{9}RECLAIMABLE\tSIZE\t{1,2}LAST ACCESSED\n"
                + ("(" + ID + "\\*? +\ttrue       \t" + SIZE + "\\*?\t+\n)+")
                + "Total:\t\\S+\n");
    assertThat(output("prune", "--all")).isEqualTo("Total:\t0B\n");
    assertThat(output("du"))
        .isEqualTo("ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED\nReclaimable:\t0B\nTotal:\t\t0B\n");
  }

  @Test
  void workersAndVersionsAreTold() throws Exception {
    var platform = "linux/[a-z0-9]+";
    assertThat(output("debug", "workers"))
        .matches("ID\t{4}PLATFORMS\n" + ID + "\t" + platform + "(,[a-z0-9/]+)*\n");
    assertThat(output("debug", "workers", "-v"))
        .matches(
            "(?s)ID:\t\t"
                + ID
                + "\nPlatforms:\t"
                + platform
                + ".*\nLabels:\n\torg\\..*"
                + "GC Policy rule#0:\n\tAll:\t\t\tfalse\n\tFilters:\t\ttype==.*\n\n");
    assertThat(output("debug", "info", "--format", "{{.BuildkitVersion.Version}}"))
        .startsWith("v0.32");
    assertThat(
            output("debug", "workers", "--format", "{{range .}}{{(index .Platforms 0).OS}}{{end}}"))
        .isEqualTo("linux\n");
  }

  @Test
  void buildsAreRememberedUntilTheyArePruned() throws Exception {
    var ref = Files.readString(folder.resolve("ref"));
    var header = "TYPE\t\tREF\t\t\t\tCREATED\t\t\tCOMPLETED\t\tGENERATION";
    assertThat(output("debug", "histories"))
        .matches(
            header
                + "\tPINNED\nCOMPLETE\t"
                + ref
                + "\t"
                + SHORT_TIME
                + "\t"
                + SHORT_TIME
                + "\t\\d\t\t\n");
    assertThat(output("debug", "logs", "--progress=plain", ref))
        .contains("[1/1] COPY in /out\n")
        .contains("DONE");
    assertThat(output("debug", "ctl", "--pin", ref)).isEmpty();
    assertThat(output("prune-histories")).isEqualTo("TYPE\tREF\tCREATED\tCOMPLETED\tGENERATION\n");
    assertThat(output("debug", "histories", "--format", "{{.Type}} {{.Record.Pinned}}"))
        .isEqualTo("COMPLETE true\n");
    var logs = output("debug", "histories", "--format", "{{.Record.Logs.Digest}}").strip();
    var size = output("debug", "histories", "--format", "{{.Record.Logs.Size}}").strip();
    var blob = programs.start(Map.of(), List.of("debug", "get", logs));
    assertThat(blob.process().waitFor()).isZero();
    assertThat(blob.output()).hasSize(Long.parseLong(size));
    assertThat(output("debug", "ctl", "--unpin", ref)).isEmpty();
    assertThat(output("prune-histories")).startsWith(header + "\nCOMPLETE\t" + ref + "\t");
    assertThat(output("debug", "histories"))
        .isEqualTo("TYPE\tREF\tCREATED\tCOMPLETED\tGENERATION\tPINNED\n");
    assertThat(run("debug", "logs", "nope"))
        .isEqualTo(
            new Programs.Ended(1, "error: rpc error: code = NotFound desc = no such job nope\n"));
  }

  @Test
  void monitorTellsOfBuildsUntilItIsEnded() throws Exception {
    var ref = Files.readString(folder.resolve("ref"));
    var monitor = programs.start(Map.of(), List.of("debug", "monitor", "--completed"));
    monitor.awaitOutput("event: COMPLETE ref:" + ref);
    monitor.process().destroy();
    var ended = monitor.await();
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .contains("  cache: 0/4\n  logs: media_type: \"application/vnd.buildkit.status.v0\"")
        .endsWith("error: rpc error: code = Canceled desc = context canceled\n");
  }
}
