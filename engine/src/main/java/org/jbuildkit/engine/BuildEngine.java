package org.jbuildkit.engine;

import java.io.IOException;
import java.time.Clock;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.CacheMounts;
import org.jbuildkit.engine.exec.Devices;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.op.GraphVertex;
import org.jbuildkit.engine.op.OpFactory;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.solver.CachedResult;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Solver;
import org.jbuildkit.store.RefStore;

/** Solves definitions for builds. */
public final class BuildEngine {
  private final OpFactory ops;
  private final CacheMounts caches;
  private final Devices devices;
  private final Solver<Job> solver;
  private final BiConsumer<String, Throwable> warnings;

  /**
   * @param warnings takes what went wrong without failing a build
   */
  public BuildEngine(
      OpFactory ops,
      CacheMounts caches,
      Devices devices,
      KeyGraph keys,
      RefStore refs,
      Clock clock,
      BiConsumer<String, Throwable> warnings) {
    this.ops = ops;
    this.caches = caches;
    this.devices = devices;
    this.warnings = warnings;
    this.solver =
        new Solver<>(
            keys,
            new RefResults(refs),
            clock,
            vertex -> new VertexTrail(announcement(vertex), clock),
            warnings);
  }

  private static Vertex announcement(org.jbuildkit.solver.Vertex<Job> vertex) {
    return vertex instanceof GraphVertex known
        ? known.announcement()
        : Vertex.newBuilder().setDigest(vertex.digest().toString()).build();
  }

  /**
   * Loads and checks a definition. Cache mounts of execs that ignore the cache start anew.
   *
   * @param gate lets ops with sources pass, or puts others in their place
   * @throws BuildException {@code failed to load LLB: …}
   */
  public Edge<Job> load(Job job, Definition definition, UnaryOperator<Op> gate) {
    try {
      var graph = LoadedGraph.load(definition, op -> passed(op, gate));
      GraphGate.authorise(graph, job, devices);
      job.notes().loaded(definition, graph);
      caches.detach(GraphGate.renewedCacheMounts(graph));
      return ops.edge(graph, (context, inner) -> nested(context, inner, gate));
    } catch (IOException e) {
      throw BuildException.failed("failed to drop cache mounts", e);
    } catch (BuildException e) {
      throw e.within("failed to load LLB");
    }
  }

  private CachedResult nested(OpContext<Job> context, Definition definition, UnaryOperator<Op> gate)
      throws InterruptedException {
    return solver.solveWithin(context, job -> load(job, definition, gate));
  }

  private static Op passed(Op op, UnaryOperator<Op> gate) {
    try {
      return gate.apply(op);
    } catch (BuildException e) {
      throw e.within("error evaluating the source policy");
    }
  }

  /** The source that serves an op. */
  public Source.Instance source(Op op) {
    return ops.open(op);
  }

  /** Takes note of what went wrong without failing a build. */
  public void warn(String message, Throwable cause) {
    warnings.accept(message, cause);
  }

  public Solver<Job> solver() {
    return solver;
  }
}
