package org.jbuildkit.engine.op;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.exec.ExecRun;
import org.jbuildkit.engine.exec.ExecWorker;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.llb.LoadedEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.RefStore;

/** Turns loaded graphs into vertices that the solver can evaluate. */
public final class OpFactory {
  private static final String CUSTOM_NAME = "llb.customname";

  private final Map<String, Source> sources = new HashMap<>();
  private final RefStore refs;
  private final InputContent content;
  private final Permits permits;
  private final Clock clock;
  private final ExecWorker execs;

  /**
   * @param content tells what inputs hold
   * @param permits bound how many ops work at once
   * @param execs what execs run with
   */
  public OpFactory(
      List<Source> sources,
      RefStore refs,
      InputContent content,
      Permits permits,
      Clock clock,
      ExecWorker execs) {
    for (var source : sources) {
      source.schemes().forEach(scheme -> this.sources.put(scheme, source));
    }
    this.refs = refs;
    this.content = content;
    this.permits = permits;
    this.clock = clock;
    this.execs = execs;
  }

  /**
   * The graph's result as an edge of vertices.
   *
   * @param nested evaluates what build ops find in their inputs
   */
  public Edge<Job> edge(LoadedGraph graph, NestedSolve nested) {
    return new Conversion(nested).edge(graph.result());
  }

  private final class Conversion {
    private final Map<Digest, GraphVertex> made = new HashMap<>();
    private final NestedSolve nested;

    Conversion(NestedSolve nested) {
      this.nested = nested;
    }

    Edge<Job> edge(LoadedEdge edge) {
      // Inputs first by a worklist: graphs may be thousands deep.
      var stack = new ArrayList<LoadedVertex>(List.of(edge.vertex()));
      while (!stack.isEmpty()) {
        var vertex = stack.getLast();
        var missing =
            vertex.inputs().stream()
                .map(LoadedEdge::vertex)
                .filter(input -> !made.containsKey(input.digest()))
                .toList();
        if (missing.isEmpty()) {
          stack.removeLast();
          made.computeIfAbsent(vertex.digest(), _ -> vertex(vertex));
        } else {
          stack.addAll(missing);
        }
      }
      return new Edge<>(get(edge.vertex()), edge.outputIndex());
    }

    private GraphVertex get(LoadedVertex vertex) {
      return java.util.Objects.requireNonNull(made.get(vertex.digest()));
    }

    /** Frontends name sources by their URLs; a command's line is told as it is. */
    private static String told(Op op, String name) {
      return op.hasSource() ? UserInfo.maskedIn(name) : name;
    }

    private GraphVertex vertex(LoadedVertex loaded) {
      var inputs = new ArrayList<Edge<Job>>();
      loaded
          .inputs()
          .forEach(input -> inputs.add(new Edge<>(get(input.vertex()), input.outputIndex())));
      var custom = loaded.metadata().getDescriptionMap().get(CUSTOM_NAME);
      var name =
          custom != null
              ? told(loaded.op(), custom)
              : VertexNames.of(loaded.op(), i -> get(loaded.inputs().get((int) i).vertex()).name());
      return new GraphVertex(
          loaded.digest(),
          inputs,
          loaded.metadata().getIgnoreCache(),
          op(loaded, name, nested),
          announcement(loaded, name));
    }

    private Vertex announcement(LoadedVertex loaded, String name) {
      var vertex = Vertex.newBuilder().setDigest(loaded.digest().toString()).setName(name);
      loaded.inputs().forEach(input -> vertex.addInputs(input.vertex().digest().toString()));
      if (loaded.metadata().hasProgressGroup()) {
        vertex.setProgressGroup(loaded.metadata().getProgressGroup());
      }
      return vertex.build();
    }
  }

  private org.jbuildkit.solver.Op<Job> op(LoadedVertex loaded, String name, NestedSolve nested) {
    var op = loaded.op();
    int inputs = op.getInputsCount();
    return switch (op.getOpCase()) {
      case SOURCE -> new SourceVertexOp(() -> open(op), permits);
      case FILE ->
          new LazyInputs(new FileVertexOp(op.getFile(), inputs, refs, content, permits), refs);
      case MERGE -> new MergeVertexOp(op.getMerge(), inputs, name, refs, clock);
      case DIFF -> new DiffVertexOp(op.getDiff(), inputs, name, refs);
      case PASSTHROUGH -> new PassthroughVertexOp(op.getPassthrough(), inputs);
      case EXEC -> new LazyInputs(exec(loaded), refs);
      case BUILD -> new BuildVertexOp(op.getBuild(), inputs, nested);
      case OP_NOT_SET -> new UnsetOp();
    };
  }

  private ExecVertexOp exec(LoadedVertex loaded) {
    var exec = loaded.op().getExec();
    var metadata = loaded.metadata();
    Optional<LinuxResources> resources =
        metadata.hasLinuxResources() ? Optional.of(metadata.getLinuxResources()) : Optional.empty();
    return new ExecVertexOp(
        exec,
        platform(loaded.op()),
        loaded.op().getInputsCount(),
        new ExecRun(loaded.digest(), exec, resources, execs),
        content,
        permits);
  }

  /** The source that serves an op. */
  public Source.Instance open(Op op) {
    var identifier = op.getSource().getIdentifier();
    int at = identifier.indexOf("://");
    if (at < 0) {
      throw BuildException.invalid("failed to parse " + identifier + ": invalid");
    }
    var scheme = identifier.substring(0, at);
    var source = sources.get(scheme);
    if (source == null) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.NOT_FOUND, "unknown scheme " + scheme + ": not found");
    }
    return source.open(
        new Source.Request(
            scheme, identifier.substring(at + 3), op.getSource().getAttrsMap(), platform(op)));
  }

  private static Platform platform(Op op) {
    if (!op.hasPlatform()) {
      return Platform.host();
    }
    return Ops.platform(op.getPlatform());
  }

  /** Refuses an op that says nothing of what it does, once it is to be keyed. */
  private record UnsetOp() implements org.jbuildkit.solver.Op<Job> {
    @Override
    public CacheMap cacheMap(int index, OpContext<Job> context) {
      throw BuildException.invalid("no support for <nil>");
    }

    @Override
    public List<Result> run(OpContext<Job> context, List<Result> inputs) {
      throw BuildException.invalid("no support for <nil>");
    }
  }
}
