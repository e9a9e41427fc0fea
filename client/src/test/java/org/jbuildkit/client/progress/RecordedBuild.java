package org.jbuildkit.client.progress;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;

/** Progress of a build by BuildKit, as recorded. */
final class RecordedBuild {
  private RecordedBuild() {}

  static String text(String name) throws IOException {
    try (var input = RecordedBuild.class.getResourceAsStream("/progress/" + name)) {
      return new String(Objects.requireNonNull(input).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<StatusResponse> updates(String name) throws IOException {
    return text(name + ".rawjson")
        .lines()
        .map(line -> update((Json.Obj) Json.parse(line)))
        .toList();
  }

  /** The latest time that an update names: about when it was sent. */
  static Instant time(StatusResponse update) {
    return Stream.of(
            update.getVertexesList().stream()
                .flatMap(vertex -> Stream.of(vertex.getStarted(), vertex.getCompleted())),
            update.getStatusesList().stream().map(VertexStatus::getTimestamp),
            update.getLogsList().stream().map(VertexLog::getTimestamp))
        .flatMap(times -> times)
        .map(Trace::instant)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }

  private static StatusResponse update(Json.Obj json) {
    var update = StatusResponse.newBuilder();
    each(json, "vertexes", vertex -> update.addVertexes(vertex(vertex)));
    each(json, "statuses", status -> update.addStatuses(status(status)));
    each(json, "logs", log -> update.addLogs(log(log)));
    each(json, "warnings", warning -> update.addWarnings(warning(warning)));
    return update.build();
  }

  private static void each(Json.Obj json, String name, Consumer<Json.Obj> use) {
    json.array(name).forEach(element -> use.accept((Json.Obj) element));
  }

  private static Vertex vertex(Json.Obj json) {
    var vertex =
        Vertex.newBuilder()
            .setDigest(json.text("digest"))
            .addAllInputs(json.texts("inputs"))
            .setName(json.text("name"))
            .setCached(json.flag("cached"))
            .setError(json.text("error"));
    time(json, "started", vertex::setStarted);
    time(json, "completed", vertex::setCompleted);
    return vertex.build();
  }

  private static VertexStatus status(Json.Obj json) {
    var status =
        VertexStatus.newBuilder()
            .setID(json.text("id"))
            .setVertex(json.text("vertex"))
            .setName(json.text("name"))
            .setTotal(json.number("total"))
            .setCurrent(json.number("current"));
    time(json, "timestamp", status::setTimestamp);
    time(json, "started", status::setStarted);
    time(json, "completed", status::setCompleted);
    return status.build();
  }

  private static VertexLog log(Json.Obj json) {
    var log =
        VertexLog.newBuilder()
            .setVertex(json.text("vertex"))
            .setStream(json.number("stream"))
            .setMsg(bytes(json.text("data")));
    time(json, "timestamp", log::setTimestamp);
    return log.build();
  }

  private static VertexWarning warning(Json.Obj json) {
    return VertexWarning.newBuilder()
        .setVertex(json.text("vertex"))
        .setLevel(json.number("level"))
        .setShort(bytes(json.text("short")))
        .setUrl(json.text("url"))
        .build();
  }

  private static ByteString bytes(String base64) {
    return ByteString.copyFrom(Base64.getDecoder().decode(base64));
  }

  private static void time(Json.Obj json, String name, Consumer<Timestamp> use) {
    var text = json.text(name);
    if (!text.isEmpty()) {
      var instant = Instant.parse(text);
      use.accept(
          Timestamp.newBuilder()
              .setSeconds(instant.getEpochSecond())
              .setNanos(instant.getNano())
              .build());
    }
  }
}
