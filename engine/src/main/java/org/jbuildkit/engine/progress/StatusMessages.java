package org.jbuildkit.engine.progress;

import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;

/**
 * Packs events into messages of bounded size: vertices by start (those not started first), statuses
 * and logs by time.
 */
public final class StatusMessages {
  private static final int MAX_LOG_BYTES = 1 << 20;

  private StatusMessages() {}

  public static List<StatusResponse> pack(List<ProgressEvent> events) {
    var vertices = new ArrayList<Vertex>();
    var statuses = new ArrayList<VertexStatus>();
    var logs = new ArrayList<VertexLog>();
    var message = StatusResponse.newBuilder();
    for (var event : events) {
      switch (event) {
        case ProgressEvent.OfVertex(var vertex) -> vertices.add(vertex);
        case ProgressEvent.OfStatus(var status) -> statuses.add(status);
        case ProgressEvent.OfLog(var log) -> logs.add(log);
        case ProgressEvent.OfWarning(var warning) -> message.addWarnings(warning);
      }
    }
    vertices.sort(Comparator.comparing(Vertex::getStarted, StatusMessages::compare));
    statuses.sort(Comparator.comparing(VertexStatus::getTimestamp, StatusMessages::compare));
    logs.sort(Comparator.comparing(VertexLog::getTimestamp, StatusMessages::compare));
    message.addAllVertexes(vertices).addAllStatuses(statuses);
    return split(message, logs);
  }

  private static List<StatusResponse> split(StatusResponse.Builder first, List<VertexLog> logs) {
    var messages = new ArrayList<StatusResponse>();
    var message = first;
    int bytes = 0;
    for (var log : logs) {
      if (bytes > MAX_LOG_BYTES) {
        messages.add(message.build());
        message = StatusResponse.newBuilder();
        bytes = 0;
      }
      message.addLogs(log);
      bytes += log.getMsg().size();
    }
    messages.add(message.build());
    return messages;
  }

  private static int compare(Timestamp a, Timestamp b) {
    int bySeconds = Long.compare(a.getSeconds(), b.getSeconds());
    return bySeconds != 0 ? bySeconds : Integer.compare(a.getNanos(), b.getNanos());
  }
}
