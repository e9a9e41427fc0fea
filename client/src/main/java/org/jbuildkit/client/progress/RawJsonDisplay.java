package org.jbuildkit.client.progress;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.pb.Position;

/** Every message as one line of JSON, at once. */
public final class RawJsonDisplay implements Display {
  private final ProgressOutput out;

  RawJsonDisplay(ProgressOutput out) {
    this.out = out;
  }

  @Override
  public void add(StatusResponse update) {
    out.line(toJson(update).write());
    out.flush();
  }

  @Override
  public void refresh() {}

  @Override
  public void finish() {}

  /** The message as clients have it in JSON. */
  public static Json.Obj toJson(StatusResponse update) {
    var json = Json.object();
    put(json, "vertexes", update.getVertexesList(), RawJsonDisplay::vertex);
    put(json, "statuses", update.getStatusesList(), RawJsonDisplay::status);
    put(json, "logs", update.getLogsList(), RawJsonDisplay::log);
    put(json, "warnings", update.getWarningsList(), RawJsonDisplay::warning);
    return json.build();
  }

  private static <T> void put(
      Json.ObjBuilder json, String name, List<T> items, Function<T, Json> encode) {
    if (!items.isEmpty()) {
      var elements = new ArrayList<Json>();
      items.forEach(item -> elements.add(encode.apply(item)));
      json.put(name, new Json.Arr(elements));
    }
  }

  private static Json vertex(Vertex vertex) {
    var json =
        Json.object()
            .putUnlessEmpty("digest", vertex.getDigest())
            .putUnlessEmpty("inputs", vertex.getInputsList())
            .putUnlessEmpty("name", vertex.getName());
    if (vertex.hasStarted()) {
      json.put("started", time(vertex.getStarted()));
    }
    if (vertex.hasCompleted()) {
      json.put("completed", time(vertex.getCompleted()));
    }
    json.putUnlessFalse("cached", vertex.getCached()).putUnlessEmpty("error", vertex.getError());
    if (vertex.hasProgressGroup()) {
      json.put("progressGroup", MessageJson.plain(vertex.getProgressGroup()));
    }
    return json.build();
  }

  private static Json status(VertexStatus status) {
    var json =
        Json.object()
            .put("id", status.getID())
            .putUnlessEmpty("vertex", status.getVertex())
            .putUnlessEmpty("name", status.getName())
            .putUnlessZero("total", status.getTotal())
            .put("current", status.getCurrent())
            .put("timestamp", time(status.getTimestamp()));
    if (status.hasStarted()) {
      json.put("started", time(status.getStarted()));
    }
    if (status.hasCompleted()) {
      json.put("completed", time(status.getCompleted()));
    }
    return json.build();
  }

  private static Json log(VertexLog log) {
    return Json.object()
        .putUnlessEmpty("vertex", log.getVertex())
        .putUnlessZero("stream", log.getStream())
        .put("data", base64(log.getMsg()))
        .put("timestamp", time(log.getTimestamp()))
        .build();
  }

  private static Json warning(VertexWarning warning) {
    var json =
        Json.object()
            .putUnlessEmpty("vertex", warning.getVertex())
            .putUnlessZero("level", warning.getLevel())
            .putUnlessEmpty("short", base64(warning.getShort()))
            .putUnlessEmpty(
                "detail", warning.getDetailList().stream().map(RawJsonDisplay::base64).toList())
            .putUnlessEmpty("url", warning.getUrl());
    if (warning.hasInfo()) {
      json.put("sourceInfo", MessageJson.plain(warning.getInfo()));
    }
    put(
        json,
        "range",
        warning.getRangesList(),
        range ->
            Json.object()
                .put("start", position(range.getStart()))
                .put("end", position(range.getEnd()))
                .build());
    return json.build();
  }

  private static Json position(Position position) {
    return MessageJson.plain(position);
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** RFC 3339 with nanoseconds, trailing zeros dropped. */
  static String time(Timestamp time) {
    var utc = Trace.instant(time).atOffset(java.time.ZoneOffset.UTC);
    var text = new StringBuilder(utc.withNano(0).toLocalDateTime().toString());
    if (utc.getSecond() == 0) {
      text.append(":00");
    }
    if (utc.getNano() != 0) {
      var digits = Integer.toString(1_000_000_000 + utc.getNano()).substring(1);
      text.append('.').append(digits.replaceAll("0+$", ""));
    }
    return text.append('Z').toString();
  }
}
