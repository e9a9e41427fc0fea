package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.exec.ExecRun;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.checksum.Selector;

/** Keys and runs an exec op. */
record ExecVertexOp(
    ExecOp op,
    Platform platform,
    int inputCount,
    ExecRun run,
    InputContent content,
    Permits permits)
    implements Op<Job> {

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var deps = new ArrayList<CacheMap.Dep>();
    for (int input = 0; input < inputCount; input++) {
      deps.add(dep(input));
    }
    for (var mount : op.getMountsList()) {
      if (mount.getInput() < -1 || mount.getInput() >= inputCount) {
        throw BuildException.invalid("invalid mountinput " + mount.getInput());
      }
    }
    return new CacheMap(OpDigests.exec(op, platform), deps, true);
  }

  private CacheMap.Dep dep(int input) {
    var paths = new ArrayList<String>();
    boolean byContent = false;
    for (var mount : op.getMountsList()) {
      boolean showsTree =
          mount.getMountType() == MountType.BIND || mount.getMountType() == MountType.CACHE;
      if (mount.getInput() == input && showsTree) {
        paths.add(new ContainerPath(mount.getSelector()).value());
        byContent = isKeyedByContent(mount);
      }
    }
    var selector = paths.isEmpty() ? "" : OpDigests.execSelector(paths);
    return new CacheMap.Dep(
        selector, byContent ? Optional.of(tree -> content(tree, paths)) : Optional.empty());
  }

  private static boolean isKeyedByContent(Mount mount) {
    boolean allowed =
        mount.getOutput() < 0
            || mount.getReadonly()
            || new ContainerPath(mount.getSelector()).isRoot();
    return switch (mount.getContentCache()) {
      case OFF -> false;
      case ON -> {
        if (!allowed) {
          throw BuildException.invalid("invalid mount cache content " + mount.getDest());
        }
        yield true;
      }
      case DEFAULT -> allowed && !new ContainerPath(mount.getDest()).isRoot();
      case UNRECOGNIZED ->
          throw BuildException.invalid(
              "unsupported mount content cache " + mount.getContentCacheValue());
    };
  }

  private String content(Result input, List<String> paths)
      throws IOException, InterruptedException {
    var kept = InputContent.withoutNested(new LinkedHashSet<>(paths));
    return content.digest(
        input,
        kept.stream()
            .sorted(Comparator.comparing(ByteName::ofText))
            .map(path -> Selector.path(path, !path.equals("/")))
            .toList());
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    try (var permit = permits.acquire()) {
      return run.run(context, platform, inputs.stream().map(RefResult::tree).toList());
    }
  }

  @Override
  public Op<Job> merged(Op<Job> other) {
    if (!(other instanceof ExecVertexOp same) || run.resources().equals(same.run.resources())) {
      return this;
    }
    var loosest = LoosestResources.of(run.resources(), same.run.resources());
    return new ExecVertexOp(op, platform, inputCount, run.withResources(loosest), content, permits);
  }
}
