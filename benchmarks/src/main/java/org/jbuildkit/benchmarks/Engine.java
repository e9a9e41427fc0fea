package org.jbuildkit.benchmarks;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.pb.Definition;

/** A daemon that is timed. */
final class Engine implements AutoCloseable {
  private static final String HOST_NETWORK = "network.host";

  private final String name;
  private final DaemonConnection connection;

  Engine(String name, String address) {
    this.name = name;
    this.connection = DaemonConnection.open(address, TlsFiles.NONE);
  }

  String name() {
    return name;
  }

  /**
   * Builds, and watches the progress to its end as clients do.
   *
   * @return from the request to the end of both calls
   */
  Duration time(Definition definition) throws InterruptedException {
    var request =
        SolveRequest.newBuilder()
            .setRef(RandomId.next())
            .setSession("")
            .setDefinition(definition)
            .addAllEntitlements(List.of(HOST_NETWORK))
            .build();
    long start = System.nanoTime();
    var watching = Thread.ofVirtual().start(() -> watch(request.getRef()));
    var _ = connection.control().solve(request);
    watching.join();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void watch(String ref) {
    try {
      connection
          .control()
          .status(StatusRequest.newBuilder().setRef(ref).build())
          .forEachRemaining(_ -> {});
    } catch (StatusRuntimeException e) {
      System.err.println(name + ": no progress: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
