package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarWriter;
import org.jbuildkit.protocol.gateway.ResolveSourceGitResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceHTTPResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.junit.jupiter.api.Test;

/** Dates that are taken from what the image is made of. */
class EpochTest {
  private static final Instant DATE = Instant.ofEpochSecond(1_700_000_100);
  private static final String STAGE =
      """
      FROM scratch AS src
      ARG V=v1
      ADD https://h/r.git#$V /
      FROM scratch
      COPY --from=src / /
      """;

  private static String epoch(MemoryClient client) throws InterruptedException {
    var metadata = DockerfileFrontend.solve(client).metadata();
    return new String(metadata.getOrDefault("source.date.epoch", new byte[0]), UTF_8);
  }

  private static MemoryClient client(String file, String epoch, Map<String, String> more) {
    var options = new HashMap<>(more);
    options.put("build-arg:SOURCE_DATE_EPOCH", epoch);
    return new MemoryClient(file, options);
  }

  @Test
  void theContextsCommitHasADate() throws Exception {
    var client =
        client("FROM scratch\nCOPY a /\n", "context", Map.of("context", "https://h/r.git#:x"));
    client.dates.put("[internal] resolve main build context metadata", Optional.of(DATE));

    assertThat(epoch(client)).isEqualTo("1700000100");
    assertThat(epoch(client("FROM scratch\nCOPY a /\n", "context", Map.of()))).isEmpty();
  }

  @Test
  void aNamedContextHasADate() throws Exception {
    var client = client("FROM scratch\n", "nm", Map.of("context:nm", "https://h/r.git#main"));
    client.dates.put("[internal] resolve SOURCE_DATE_EPOCH named context nm", Optional.of(DATE));

    assertThat(epoch(client)).isEqualTo("1700000100");
  }

  @Test
  void aStageOfOneSourceHasADate() throws Exception {
    var client = client(STAGE, "SRC".toLowerCase(java.util.Locale.ROOT), Map.of());
    client.dates.put("[internal] resolve SOURCE_DATE_EPOCH source stage src", Optional.of(DATE));

    assertThat(epoch(client)).isEqualTo("1700000100");
    assertThatThrownBy(() ->
            epoch(client("FROM scratch AS src\nADD https://h/a https://h/b /\n", "src", Map.of())))
        .hasMessageContaining("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source");
    assertThatThrownBy(() -> epoch(client("FROM scratch AS src\nADD a /\n", "src", Map.of())))
        .hasMessageContaining("SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD");
    assertThatThrownBy(() -> epoch(client("FROM x AS src\nADD https://h/a /\n", "src", Map.of())))
        .hasMessageContaining("SOURCE_DATE_EPOCH stage must use FROM scratch");
  }

  @Test
  void anArchiveWithoutADateHasThatOfItsNewestFile() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarWriter(bytes)) {
      tar.begin(entry(TarEntry.Kind.REGULAR, "a", 5));
      tar.begin(entry(TarEntry.Kind.REGULAR, "b", 9));
      tar.begin(entry(TarEntry.Kind.DIRECTORY, "d", 77));
    }

    assertThat(SourceDates.newest(bytes.toByteArray())).hasValue(Instant.ofEpochSecond(9));
    assertThat(SourceDates.newest("FROM scratch".getBytes(UTF_8))).isEmpty();
  }

  private static TarEntry entry(TarEntry.Kind kind, String name, long seconds) {
    return TarEntry.of(kind, ByteName.ofText(name), 0644, 0).withTime(seconds, 0);
  }

  @Test
  void answersOfADaemonHaveDates() {
    var commit =
        "tree t\nauthor a <a> 5 +0000\ncommitter c <c> 1700000100 +0100\n\ncommitter x <x> 1 +0000\n";
    var git =
        ResolveSourceGitResponse.newBuilder().setCommitObject(ByteString.copyFromUtf8(commit));
    assertThat(SourceDate.read(ResolveSourceMetaResponse.newBuilder().setGit(git).build()))
        .hasValue(DATE);
    var http = ResolveSourceHTTPResponse.newBuilder();
    assertThat(SourceDate.read(ResolveSourceMetaResponse.newBuilder().setHTTP(http).build()))
        .isEmpty();
    http.getLastModifiedBuilder().setSeconds(7);
    assertThat(SourceDate.read(ResolveSourceMetaResponse.newBuilder().setHTTP(http).build()))
        .hasValue(Instant.ofEpochSecond(7));
  }
}
