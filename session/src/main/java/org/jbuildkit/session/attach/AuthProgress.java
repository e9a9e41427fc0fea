package org.jbuildkit.session.attach;

import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;

/** Shows the user which secrets of theirs are used, as steps among those of the build. */
final class AuthProgress {
  private final Set<String> shared = new HashSet<>();
  private volatile Consumer<StatusResponse> sink = _ -> {};

  void to(Consumer<StatusResponse> progress) {
    sink = progress;
  }

  /** Work that is shown as one step. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  <T> T during(String name, Work<T> work) throws IOException, InterruptedException {
    var vertex =
        Vertex.newBuilder()
            .setDigest(Digest.sha256(UUID.randomUUID().toString()).toString())
            .setName(name)
            .setStarted(now());
    tell(vertex);
    try {
      var value = work.run();
      tell(vertex.setCompleted(now()));
      return value;
    } catch (IOException | InterruptedException | RuntimeException e) {
      tell(vertex.setCompleted(now()).setError(BuildException.describe(e)));
      throw e;
    }
  }

  /** Tells once for each host that the daemon was given a secret. */
  void sharing(String host) throws IOException, InterruptedException {
    boolean isNew;
    synchronized (shared) {
      isNew = shared.add(host);
    }
    if (isNew) {
      var _ = during("[auth] sharing credentials for " + host, () -> Boolean.TRUE);
    }
  }

  private void tell(Vertex.Builder vertex) {
    sink.accept(StatusResponse.newBuilder().addVertexes(vertex.build()).build());
  }

  private static Timestamp now() {
    var now = Instant.now();
    return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
  }
}
