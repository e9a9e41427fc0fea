package org.jbuildkit.engine.exec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.trace.TraceContext;

/** How a step's process finds out where its spans belong and go. */
public final class StepTrace {
  /** Where the daemon's socket for spans is in a container. */
  public static final String SOCKET = "/dev/otel-grpc.sock";

  private StepTrace() {}

  /**
   * Variables to be added: whose part the step is, which is always told, and, if there is a socket,
   * that spans go there, where the environment does not say something else.
   *
   * @param env as it is so far, {@code NAME=VALUE}
   */
  static List<String> missing(
      List<String> env, Optional<TraceContext> place, Optional<Path> socket) {
    var wanted = new ArrayList<String>();
    if (socket.filter(Files::exists).isPresent()) {
      wanted.add("OTEL_TRACES_EXPORTER=otlp");
      wanted.add("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=unix://" + SOCKET);
      wanted.add("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc");
    }
    wanted.removeIf(variable -> isSet(env, variable.substring(0, variable.indexOf('=') + 1)));
    place.ifPresent(known -> {
      wanted.add("TRACEPARENT=" + known.header());
      if (!known.state().isEmpty()) {
        wanted.add("TRACESTATE=" + known.state());
      }
    });
    return wanted;
  }

  private static boolean isSet(List<String> env, String prefix) {
    return env.stream().anyMatch(variable -> variable.startsWith(prefix));
  }
}
