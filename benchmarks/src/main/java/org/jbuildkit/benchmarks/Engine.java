package org.jbuildkit.benchmarks;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.session.attach.SharedDirectories;

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

  /**
   * Asks for the outline of a folder's Dockerfile.
   *
   * @return from the first call to the end of the session
   */
  Duration outline(Path folder) throws InterruptedException {
    var options = new LinkedHashMap<String, String>();
    options.put("requestid", "frontend.outline");
    options.put("frontend.caps", "moby.buildkit.frontend.subrequests");
    var files = new SharedDirectories(Map.of("context", folder, "dockerfile", folder));
    var spec = BuildSpec.of(RandomId.next(), "dockerfile.v0", options, List.of(), List.of(files));
    long start = System.nanoTime();
    var outcome = new BuildRunner(connection).run(spec, _ -> {});
    long end = System.nanoTime();
    if (!outcome.metadata().containsKey("result.json")) {
      throw new IllegalStateException(name + " tells no outline");
    }
    return Duration.ofNanos(end - start);
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
