package org.jbuildkit.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryEventType;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.store.BuildRecordTable;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.FileContentStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildHistoryTest {
  @TempDir private Path folder;
  private Database database;
  private FileContentStore content;
  private BuildRecordTable table;
  private BuildHistory history;

  @BeforeEach
  void open() throws IOException {
    open(Retention.DEFAULT);
  }

  private void open(Retention retention) throws IOException {
    database = Database.open(folder.resolve("db"));
    content = FileContentStore.open(folder.resolve("content"));
    table = new BuildRecordTable(database);
    history = BuildHistory.open(table, content, Set::of, retention, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    history.close();
    database.close();
  }

  private Recording begin(String ref) {
    return history.begin(
        BuildHistoryRecord.newBuilder()
            .setRef(ref)
            .setCreatedAt(Timestamps.of(Instant.now()))
            .build(),
        false);
  }

  private static BuildOutcome outcome(Optional<Throwable> error) {
    var vertex = Vertex.newBuilder().setDigest("sha256:1").setName("one");
    var done = vertex.clone().setCompleted(Timestamps.of(Instant.now())).setCached(true);
    return new BuildOutcome(
        error,
        List.of(
            new ProgressEvent.OfVertex(vertex.build()), new ProgressEvent.OfVertex(done.build())),
        Map.of(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Optional.empty());
  }

  private void build(String ref) {
    try (var recording = begin(ref)) {
      recording.complete(outcome(Optional.empty()));
    }
  }

  private List<BuildHistoryEvent> listed(BuildHistoryRequest.Builder request) throws Exception {
    var events = new ArrayList<BuildHistoryEvent>();
    history.listen(request.setEarlyExit(true).build(), events::add);
    return events;
  }

  private List<String> refs() throws Exception {
    return listed(BuildHistoryRequest.newBuilder()).stream()
        .map(event -> event.getRecord().getRef())
        .toList();
  }

  @Test
  void aRecordAndItsLogOutliveTheDaemon() throws Exception {
    build("b");
    build("a");
    close();
    open(Retention.DEFAULT);
    assertThat(refs()).containsExactly("a", "b");
    var record = listed(BuildHistoryRequest.newBuilder().setRef("a")).getFirst().getRecord();
    assertThat(record.getNumTotalSteps()).isEqualTo(1);
    assertThat(record.getNumCachedSteps()).isEqualTo(1);
    assertThat(record.getLogs().getMediaType()).isEqualTo("application/vnd.buildkit.status.v0");
    var messages = new ArrayList<StatusResponse>();
    assertThat(history.replay("a", messages::add)).isTrue();
    assertThat(messages)
        .singleElement()
        .satisfies(m -> assertThat(m.getVertexesCount()).isEqualTo(2));
    assertThat(history.replay("unknown", messages::add)).isFalse();
  }

  @Test
  void aFailureIsKeptInFullBesideTheRecord() throws Exception {
    try (var recording = begin("failed")) {
      recording.complete(outcome(Optional.of(BuildException.failed("exit code: 1"))));
    }
    var record = listed(BuildHistoryRequest.newBuilder()).getFirst().getRecord();
    assertThat(record.getError().getMessage()).isEqualTo("exit code: 1");
    try (var in = content.open(Digest.parse(record.getExternalError().getDigest())).orElseThrow()) {
      assertThat(com.google.rpc.Status.parseFrom(in).getMessage()).isEqualTo("exit code: 1");
    }
  }

  @Test
  void anInternalBuildLeavesNothing() throws Exception {
    var internal = BuildHistoryRecord.newBuilder().setRef("internal").build();
    try (var recording = history.begin(internal, true)) {
      assertThat(refs()).isEmpty();
      recording.complete(outcome(Optional.empty()));
    }
    assertThat(refs()).isEmpty();
  }

  @Test
  void deletingARecordFreesItsDocumentsButNotThoseOfOthers() throws Exception {
    var config = content.put("{}".getBytes(StandardCharsets.UTF_8));
    var layer = content.put(new byte[] {1});
    var document =
        """
        {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
        "digest":"%s","size":2},"layers":[{"mediaType":"%s","digest":"%s","size":1}]}\
        """
            .formatted(config, MediaType.OCI_LAYER, layer)
            .getBytes(StandardCharsets.UTF_8);
    content.put(document);
    var image = Descriptor.of(MediaType.OCI_MANIFEST, document);
    var exported = new LinkedHashMap<Integer, Descriptor>();
    exported.put(1, image);
    var plain = outcome(Optional.empty());
    var outcome =
        new BuildOutcome(
            plain.error(), plain.events(), Map.of(), exported, plain.provenance(), plain.spans());
    for (var ref : List.of("one", "two")) {
      try (var recording = begin(ref)) {
        recording.complete(outcome);
      }
    }
    assertThat(table.blobs()).contains(config, image.digest()).doesNotContain(layer);
    history.delete("one");
    assertThat(content.size(image.digest())).isPresent();
    var record = listed(BuildHistoryRequest.newBuilder()).getFirst().getRecord();
    assertThat(record.getResult().getResultsMap()).containsOnlyKeys(1L);
    history.delete("two");
    assertThat(content.size(image.digest())).isEmpty();
    assertThat(content.size(config)).isEmpty();
    assertThat(content.size(Digest.parse(record.getLogs().getDigest()))).isEmpty();
    assertThat(content.size(layer)).isPresent();
    assertThatThrownBy(() -> history.delete("two")).hasMessage("lease \"ref_two\": not found");
  }

  @Test
  void nothingIsFreedWhileABuildRuns() throws Exception {
    build("old");
    var log =
        Digest.parse(
            listed(BuildHistoryRequest.newBuilder()).getFirst().getRecord().getLogs().getDigest());
    try (var running = begin("running")) {
      history.delete("old");
      assertThat(content.size(log)).isPresent();
      assertThat(refs()).containsExactly("running");
      assertThat(running.isInternal()).isFalse();
    }
    assertThat(content.size(log)).isEmpty();
    assertThat(refs()).isEmpty();
  }

  @Test
  void listenersHearOfEveryChange() throws Exception {
    var heard = new LinkedBlockingQueue<BuildHistoryEvent>();
    var listener =
        Thread.ofVirtual()
            .start(() -> {
              try {
                history.listen(BuildHistoryRequest.getDefaultInstance(), heard::add);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try (var recording = begin("r")) {
      assertThat(next(heard).getType()).isEqualTo(BuildHistoryEventType.STARTED);
      var plain = outcome(Optional.empty());
      recording.complete(
          new BuildOutcome(
              plain.error(),
              plain.events(),
              plain.metadata(),
              plain.exported(),
              plain.provenance(),
              Optional.of(() -> new byte[] {1})));
    }
    assertThat(next(heard).getRecord().getGeneration()).isZero();
    history.settle("r");
    var traced = next(heard);
    assertThat(traced.getType()).isEqualTo(BuildHistoryEventType.COMPLETE);
    assertThat(traced.getRecord().getGeneration()).isEqualTo(1);
    assertThat(traced.getRecord().hasTrace()).isTrue();
    history.pin("r", true);
    assertThat(next(heard).getRecord().getPinned()).isTrue();
    history.delete("r");
    assertThat(next(heard).getType()).isEqualTo(BuildHistoryEventType.DELETED);
    history.drain();
    assertThat(listener.join(Duration.ofSeconds(5))).isTrue();
  }

  private static BuildHistoryEvent next(LinkedBlockingQueue<BuildHistoryEvent> heard)
      throws InterruptedException {
    var event = heard.poll(10, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  @Test
  void aRecordThatSomebodyListensForIsOnlyHidden() throws Exception {
    build("kept");
    var first = new LinkedBlockingQueue<BuildHistoryEvent>();
    var listener =
        Thread.ofVirtual()
            .start(() -> {
              try {
                history.listen(BuildHistoryRequest.newBuilder().setRef("kept").build(), first::add);
              } catch (IOException | InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    next(first);
    history.delete("kept");
    assertThat(refs()).isEmpty();
    assertThat(table.find("kept")).isPresent();
    assertThatThrownBy(() -> listed(BuildHistoryRequest.newBuilder().setRef("kept")))
        .hasMessage("ref kept is deleted: file does not exist");
    listener.interrupt();
    listener.join();
    assertThat(table.find("kept")).isEmpty();
  }

  @Test
  void theNewestAreListedFirstWhenThereIsALimit() throws Exception {
    for (var ref : List.of("c", "a", "b")) {
      build(ref);
      Thread.sleep(2);
    }
    assertThat(listed(BuildHistoryRequest.newBuilder().setLimit(2)))
        .extracting(event -> event.getRecord().getRef())
        .containsExactly("b", "a");
    assertThatThrownBy(() -> listed(BuildHistoryRequest.newBuilder().setLimit(-1)))
        .hasMessage("invalid limit -1");
  }

  @Test
  void oldRecordsGoUnlessTheyArePinnedOrAmongTheNewest() throws Exception {
    for (var ref : List.of("pinned", "old", "new")) {
      build(ref);
      Thread.sleep(2);
    }
    history.pin("pinned", true);
    close();
    open(new Retention(Duration.ZERO, 1));
    for (int i = 0; i < 100 && refs().contains("old"); i++) {
      Thread.sleep(20);
    }
    assertThat(refs()).containsExactly("new", "pinned");
  }

  @Test
  void aRecordWhoseBlobsAreGoneGoesAtTheNextStart() throws Exception {
    build("damaged");
    for (var digest : table.blobs()) {
      content.delete(digest);
    }
    close();
    open(Retention.DEFAULT);
    assertThat(refs()).isEmpty();
  }
}
