package org.jbuildkit.buildx.manage;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.driver.Driver;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.control.InfoRequest;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.worker.WorkerRecord;

/**
 * What is known of a node and its daemon.
 *
 * @param status {@code running}, or what keeps it from that
 * @param error why it can't be used; empty if it can
 * @param version of the daemon; empty if it does not run
 */
record NodeStatus(
    StoredNode node, String status, String error, String version, List<WorkerRecord> workers) {

  NodeStatus {
    workers = List.copyOf(workers);
  }

  /** Asks the daemons of all nodes at once. */
  static List<NodeStatus> load(Builders builders, Builder builder, Deadline deadline)
      throws InterruptedException {
    try (var scope = TaskScope.open()) {
      var tasks = new ArrayList<TaskScope.Task<NodeStatus>>();
      for (var node : builder.nodes()) {
        tasks.add(scope.fork(() -> load(builders, builder, node, deadline)));
      }
      scope.join();
      return tasks.stream().map(task -> task.get()).toList();
    }
  }

  private static NodeStatus load(
      Builders builders, Builder builder, StoredNode node, Deadline deadline)
      throws InterruptedException {
    try {
      var driver = builders.driver(builder, node);
      return deadline.within(() -> load(driver, node));
    } catch (BuildException | IOException e) {
      return new NodeStatus(node, "error", BuildException.describe(e), "", List.of());
    }
  }

  private static NodeStatus load(Driver driver, StoredNode node)
      throws IOException, InterruptedException {
    var running = driver.running();
    if (running.isEmpty()) {
      return new NodeStatus(node, driver.idleStatus(), "", "", List.of());
    }
    try (var daemon = running.get()) {
      return asked(node, daemon);
    }
  }

  private static NodeStatus asked(StoredNode node, DaemonConnection daemon) {
    try {
      var workers =
          daemon.control().listWorkers(ListWorkersRequest.getDefaultInstance()).getRecordList();
      return new NodeStatus(node, "running", "", version(daemon), workers);
    } catch (StatusRuntimeException e) {
      throw daemon.explain(e);
    }
  }

  private static String version(DaemonConnection daemon) {
    try {
      return daemon
          .control()
          .info(InfoRequest.getDefaultInstance())
          .getBuildkitVersion()
          .getVersion();
    } catch (StatusRuntimeException e) {
      var error = daemon.explain(e);
      if (error.code() == ErrorCode.UNIMPLEMENTED) {
        return "";
      }
      throw error;
    }
  }

  /** The node's own platforms, then those of its workers; each once. */
  List<Platform> platforms() {
    var platforms = new LinkedHashSet<>(node.platformList());
    for (var worker : workers) {
      for (var platform : worker.getPlatformsList()) {
        platforms.add(
            new Platform(platform.getOS(), platform.getArchitecture(), platform.getVariant())
                .normalized());
      }
    }
    return List.copyOf(platforms);
  }
}
