package org.jbuildkit.buildx.build;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.client.progress.ProgressHeading;
import org.jbuildkit.client.progress.ProgressPrinter;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexWarning;

/** Progress of a build, with steps of the client among those of the daemon. */
final class BuildProgress implements AutoCloseable {
  private final ProgressPrinter printer;
  private final List<VertexWarning> warnings = new ArrayList<>();

  private BuildProgress(ProgressPrinter printer) {
    this.printer = printer;
  }

  static BuildProgress start(String mode, String builder, String driver, Environment environment) {
    var heading =
        new ProgressHeading(
            "Building",
            driver + ":" + builder,
            "building with \"%s\" instance using %s driver".formatted(builder, driver));
    return new BuildProgress(
        ProgressPrinter.start(mode, environment.err(), 2, heading, environment.variables()));
  }

  /** Takes news from the daemon. */
  void add(StatusResponse update) {
    synchronized (warnings) {
      warnings.addAll(update.getWarningsList());
    }
    printer.add(update);
  }

  /** Different warnings that came; where they came from makes no difference. */
  List<VertexWarning> warnings() {
    var different = new LinkedHashSet<VertexWarning>();
    synchronized (warnings) {
      for (var warning : warnings) {
        var plain = warning.toBuilder().setVertex("");
        if (plain.hasInfo()) {
          plain.getInfoBuilder().clearDefinition();
        }
        different.add(plain.build());
      }
    }
    return List.copyOf(different);
  }

  /** Shows work of the client as a step. */
  <T> T step(String name, Callable<T> work) throws Exception {
    var vertex =
        Vertex.newBuilder()
            .setDigest(
                Digest.sha256(ByteString.copyFromUtf8(RandomId.next()).toByteArray()).toString())
            .setName(name)
            .setStarted(now());
    send(vertex);
    try {
      var result = work.call();
      send(vertex.setCompleted(now()));
      return result;
    } catch (Exception e) {
      send(vertex.setCompleted(now()).setError(BuildException.describe(e)));
      throw e;
    }
  }

  private void send(Vertex.Builder vertex) {
    printer.add(StatusResponse.newBuilder().addVertexes(vertex).build());
  }

  private static Timestamp now() {
    var now = Instant.now();
    return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
  }

  @Override
  public void close() {
    printer.close();
  }
}
