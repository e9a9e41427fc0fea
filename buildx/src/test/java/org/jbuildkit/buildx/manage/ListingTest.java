package org.jbuildkit.buildx.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.worker.WorkerRecord;
import org.junit.jupiter.api.Test;

class ListingTest {
  private static NodeStatus status(List<String> fixed, String... platforms) {
    var worker = WorkerRecord.newBuilder();
    for (var text : platforms) {
      var platform = Platform.parse(text);
      worker.addPlatforms(
          org.jbuildkit.protocol.pb.Platform.newBuilder()
              .setOS(platform.os())
              .setArchitecture(platform.architecture())
              .setVariant(platform.variant()));
    }
    var node =
        new StoredNode(
            "n",
            "unix:///s.sock",
            Optional.of(fixed.stream().map(Platform::parse).toList()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new NodeStatus(node, "running", "", "v0.32.2", List.of(worker.build()));
  }

  @Test
  void platformsAreSummedUpByFamily() {
    var all =
        new String[] {
          "linux/amd64", "linux/amd64/v2", "linux/amd64/v3", "linux/amd64/v4", "linux/386"
        };
    assertThat(PlatformSummary.brief(status(List.of(), all)))
        .isEqualTo("linux/amd64 (+4), linux/386");
    assertThat(PlatformSummary.brief(status(List.of("linux/amd64"), all)))
        .isEqualTo("linux/amd64* (+4), linux/386");
    assertThat(PlatformSummary.all(status(List.of("linux/arm64"), "linux/386")))
        .isEqualTo("linux/arm64*, linux/386");
  }

  @Test
  void columnsAreFarApartAndEmptyOnesKeepTheirPlace() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("A", "NAME/NODE");
    headers.put("B", "DRIVER/ENDPOINT");
    headers.put("C", "STATUS");
    var bytes = new ByteArrayOutputStream();
    RowFormat.parse("", "{{.A}}\t{{.B}}\t{{.C}}")
        .print(
            headers,
            List.of(
                Map.of("A", "rb*", "B", "remote"),
                Map.of("A", " \\_ rb0", "B", " \\_ unix:///s.sock", "C", "running")),
            new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "NAME/NODE   DRIVER/ENDPOINT      STATUS",
            "rb*         remote               ",
            " \\_ rb0      \\_ unix:///s.sock   running");
    assertThatThrownBy(
            () -> RowFormat.parse("{{.Foo}}", "").print(headers, List.of(Map.of()), System.out))
        .hasMessageStartingWith("template parsing error: ");
    bytes.reset();
    RowFormat.parse("{{upper .A}} {{if .C}}{{.C}}{{else}}-{{end}} {{truncate .B 4}}", "")
        .print(
            headers,
            List.of(Map.of("A", "rb", "B", "remote")),
            new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("RB - remo\n");
  }

  @Test
  void filtersBecomeOneClauseAndAnAge() {
    assertThat(UsageFilters.parse(List.of("id=a", "type!=x", "inuse=true")))
        .isEqualTo(new UsageFilters("id~=a,type!=x,inuse==true", 0));
    assertThat(UsageFilters.parse(List.of("until=1h")).age()).isEqualTo(3_600_000_000_000L);
    assertThatThrownBy(() -> UsageFilters.parse(List.of("until=1h", "unused-for=2h")))
        .hasMessage("conflicting filters \"until\" and \"unused-for\"");
    assertThatThrownBy(() -> UsageFilters.parse(List.of("foo")))
        .hasMessage(
            "invalid argument \"foo\" for \"--filter\" flag: bad format of filter (expected"
                + " name=value)");
  }

  @Test
  void flagsAreSplitAsAShellDoes() {
    assertThat(ShellWords.split("--debug --x 'a b' \"c\\\"d\" e\\ f"))
        .containsExactly("--debug", "--x", "a b", "c\"d", "e f");
    assertThatThrownBy(() -> ShellWords.split("'a"))
        .hasMessageStartingWith("failed to parse buildkit flags");
  }
}
