package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.ChownOpt;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.UserOpt;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.checksum.Selector;

/** Keys and runs a file op. */
final class FileVertexOp implements Op<Job> {
  private final FileOp op;
  private final int inputCount;
  private final RefStore refs;
  private final InputContent content;
  private final Permits permits;

  FileVertexOp(FileOp op, int inputCount, RefStore refs, InputContent content, Permits permits) {
    this.op = op;
    this.inputCount = inputCount;
    this.refs = refs;
    this.content = content;
    this.permits = permits;
  }

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var bases = bases();
    var deps = new ArrayList<CacheMap.Dep>();
    for (int i = 0; i < inputCount; i++) {
      var selectors = bases.contains((long) i) ? List.<Selector>of() : selectors(i);
      deps.add(selectors.isEmpty() ? new CacheMap.Dep("", Optional.empty()) : dep(selectors));
    }
    return new CacheMap(OpDigests.file(op), deps, true);
  }

  private Set<Long> bases() {
    var bases = new LinkedHashSet<Long>();
    op.getActionsList().forEach(action -> bases.add(action.getInput()));
    return bases;
  }

  private CacheMap.Dep dep(List<Selector> selectors) {
    var digest = OpDigests.fileSelector(selectors.stream().map(Selector::path).toList());
    return new CacheMap.Dep(
        digest, Optional.of(input -> content.digest(input, deduplicated(selectors))));
  }

  /** The parts of an input that copies take and that owners are looked up in. */
  private List<Selector> selectors(int input) {
    var selectors = new ArrayList<Selector>();
    for (var action : op.getActionsList()) {
      if (action.hasCopy() && action.getSecondaryInput() == input) {
        selectors.add(selector(action.getCopy()));
      }
      owner(action)
          .ifPresent(owner -> {
            addLookup(selectors, owner.getUser(), input, "/etc/passwd");
            addLookup(selectors, owner.getGroup(), input, "/etc/group");
          });
    }
    return selectors;
  }

  private static void addLookup(List<Selector> selectors, UserOpt user, int input, String path) {
    if (user.hasByName() && user.getByName().getInput() == input) {
      selectors.add(Selector.path(path, true));
    }
  }

  private static Selector selector(FileActionCopy copy) {
    return new Selector(
        copy.getSrc(),
        copy.getFollowSymlink(),
        copy.getAllowWildcard() && Wildcard.isIn(copy.getSrc()),
        copy.getIncludePatternsList(),
        copy.getExcludePatternsList(),
        copy.getRequiredPathsList());
  }

  static Optional<ChownOpt> owner(FileAction action) {
    return switch (action.getActionCase()) {
      case COPY -> Optional.of(action.getCopy().getOwner());
      case MKFILE -> Optional.of(action.getMkfile().getOwner());
      case MKDIR -> Optional.of(action.getMkdir().getOwner());
      case SYMLINK -> Optional.of(action.getSymlink().getOwner());
      case RM, ACTION_NOT_SET -> Optional.empty();
    };
  }

  /** A path below another of the same kind says nothing new. */
  private static List<Selector> deduplicated(List<Selector> selectors) {
    var kept = new ArrayList<Selector>();
    for (boolean follow : new boolean[] {false, true}) {
      var paths = new TreeSet<String>();
      for (var selector : selectors) {
        if (!selector.isFiltered() && selector.followLinks() == follow) {
          paths.add(new ContainerPath(selector.path()).value());
        }
      }
      for (var path : InputContent.withoutNested(paths)) {
        kept.add(Selector.path(path, follow));
      }
    }
    selectors.stream().filter(Selector::isFiltered).forEach(kept::add);
    kept.sort(java.util.Comparator.comparing(s -> org.jbuildkit.base.ByteName.ofText(s.path())));
    return kept;
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    try (var permit = permits.acquire()) {
      var trees = inputs.stream().map(RefResult::tree).toList();
      return new FileRun(op, trees, refs, context.participants()).outputs();
    }
  }
}
