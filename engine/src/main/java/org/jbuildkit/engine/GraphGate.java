package org.jbuildkit.engine;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.exec.DeviceGrants;
import org.jbuildkit.engine.exec.Devices;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.llb.LoadedEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;

/** What is looked at in a graph before a build may use it. */
final class GraphGate {
  private GraphGate() {}

  /**
   * Refuses what the build was not granted.
   *
   * @throws BuildException {@code network.host is not allowed} and the like
   */
  static void authorise(LoadedGraph graph, Job job, Devices devices) {
    visit(graph, vertex -> authorise(vertex.op().getExec(), job, devices));
  }

  private static void authorise(ExecOp exec, Job job, Devices devices) {
    if (exec.getNetwork() == NetMode.HOST) {
      job.require("network.host");
    }
    if (exec.getSecurity() == SecurityMode.INSECURE) {
      job.require("security.insecure");
    }
    if (exec.getCdiDevicesCount() > 0) {
      var _ = DeviceGrants.of(job.entitlements()).granted(exec.getCdiDevicesList(), devices);
    }
  }

  /** The ids of the cache mounts of all execs that are to run whatever is cached. */
  static Set<String> renewedCacheMounts(LoadedGraph graph) {
    var ids = new LinkedHashSet<String>();
    visit(
        graph,
        vertex -> {
          if (!vertex.metadata().getIgnoreCache()) {
            return;
          }
          for (var mount : vertex.op().getExec().getMountsList()) {
            if (mount.getMountType() == MountType.CACHE) {
              var id = mount.getCacheOpt().getID();
              ids.add(id.isEmpty() ? mount.getDest() : id);
            }
          }
        });
    return ids;
  }

  private static void visit(LoadedGraph graph, Consumer<LoadedVertex> visitor) {
    var seen = new HashSet<Digest>();
    var pending = new ArrayDeque<LoadedVertex>();
    pending.add(graph.result().vertex());
    while (!pending.isEmpty()) {
      var vertex = pending.poll();
      if (seen.add(vertex.digest())) {
        visitor.accept(vertex);
        vertex.inputs().stream().map(LoadedEdge::vertex).forEach(pending::add);
      }
    }
  }
}
