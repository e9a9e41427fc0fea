package org.jbuildkit.client.progress;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;

/**
 * Moves all times by a constant, so that the first start of a vertex falls on the moment at which
 * this was made: the daemon's clock does not matter.
 */
final class ClockShift {
  private final Instant epoch = Instant.now();
  private Optional<Duration> shift = Optional.empty();

  StatusResponse apply(StatusResponse update) {
    if (shift.isEmpty()) {
      for (var vertex : update.getVertexesList()) {
        if (vertex.hasStarted()) {
          shift = Optional.of(Duration.between(Trace.instant(vertex.getStarted()), epoch));
        }
      }
    }
    return shift.map(by -> shifted(update, by)).orElse(update);
  }

  private static StatusResponse shifted(StatusResponse update, Duration by) {
    var result = update.toBuilder();
    result.getVertexesBuilderList().forEach(vertex -> shift(vertex, by));
    for (var status : result.getStatusesBuilderList()) {
      status.setTimestamp(shift(status.getTimestamp(), by));
      if (status.hasStarted()) {
        status.setStarted(shift(status.getStarted(), by));
      }
      if (status.hasCompleted()) {
        status.setCompleted(shift(status.getCompleted(), by));
      }
    }
    for (var log : result.getLogsBuilderList()) {
      log.setTimestamp(shift(log.getTimestamp(), by));
    }
    return result.build();
  }

  private static void shift(Vertex.Builder vertex, Duration by) {
    if (vertex.hasStarted()) {
      vertex.setStarted(shift(vertex.getStarted(), by));
    }
    if (vertex.hasCompleted()) {
      vertex.setCompleted(shift(vertex.getCompleted(), by));
    }
  }

  private static Timestamp shift(Timestamp time, Duration by) {
    var moved = Trace.instant(time).plus(by);
    return Timestamp.newBuilder()
        .setSeconds(moved.getEpochSecond())
        .setNanos(moved.getNano())
        .build();
  }
}
