package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.file.CopyOptions;
import org.jbuildkit.engine.file.FileChanges;
import org.jbuildkit.engine.file.ModeExpression;
import org.jbuildkit.engine.file.Owner;
import org.jbuildkit.engine.file.TreeCopy;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.job.KeptTrees;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.Room;

/**
 * One run of a file op. Each action changes a writable child of its base; a state that only the
 * next action uses is continued in place, others are committed and shared.
 */
final class FileRun {
  private final FileOp op;
  private final List<Optional<Ref>> inputs;
  private final RefStore refs;
  private final List<Job> jobs;
  private final Map<Integer, MutableRef> open = new HashMap<>();
  private final Map<Integer, Ref> committed = new HashMap<>();
  private final Set<Integer> running = new HashSet<>();

  /**
   * @param inputs handles that stay the caller's
   * @param jobs builds that want to know what a failure leaves
   */
  FileRun(FileOp op, List<Optional<Ref>> inputs, RefStore refs, List<Job> jobs) {
    this.jobs = jobs;
    this.op = op;
    this.inputs = inputs;
    this.refs = refs;
  }

  /** The outputs in order; the caller closes the handles. */
  List<Result> outputs() throws IOException, InterruptedException {
    var actions = actionsByOutput();
    try {
      var results = new ArrayList<Result>();
      for (int action : actions) {
        results.add(RefResult.of(commit(action).retain()));
      }
      return results;
    } finally {
      open.values().forEach(MutableRef::close);
      committed.values().forEach(Ref::close);
    }
  }

  private List<Integer> actionsByOutput() {
    var byOutput = new HashMap<Long, Integer>();
    for (int i = 0; i < op.getActionsCount(); i++) {
      long output = op.getActions(i).getOutput();
      if (output >= 0 && byOutput.put(output, i) != null) {
        throw BuildException.invalid("duplicate output " + output);
      }
    }
    if (byOutput.isEmpty()) {
      throw BuildException.invalid("no outputs specified");
    }
    var ordered = new ArrayList<Integer>();
    for (long i = 0; i < byOutput.size(); i++) {
      var action = byOutput.get(i);
      if (action == null) {
        throw BuildException.invalid("missing output index " + i);
      }
      ordered.add(action);
    }
    return ordered;
  }

  /** The state after an action, committed. */
  private Ref commit(int action) throws IOException, InterruptedException {
    var known = committed.get(action);
    if (known != null) {
      return known;
    }
    var ref = state(action).commit();
    open.remove(action);
    committed.put(action, ref);
    return ref;
  }

  /** The state after an action, still writable. */
  private MutableRef state(int action) throws IOException, InterruptedException {
    var known = open.get(action);
    if (known != null) {
      return known;
    }
    if (!running.add(action)) {
      throw BuildException.invalid("loop from index " + (action + inputs.size()));
    }
    var state = base(op.getActions(action));
    open.put(action, state);
    try {
      run(op.getActions(action), state);
    } catch (BuildException e) {
      throw e.withDetail(keep(action, state));
    } catch (IOException e) {
      throw new BuildException(ErrorCode.UNKNOWN, BuildException.describe(e), e)
          .withDetail(keep(action, state));
    }
    running.remove(action);
    return state;
  }

  /** Lets builds keep what the action failed on, for debuggers. */
  private ErrorDetail.FailedOp keep(int action, MutableRef state) throws IOException {
    open.remove(action);
    var left = new ArrayList<>(Collections.nCopies(op.getActionsCount(), ""));
    var tree = state.commit();
    left.set(action, tree.id());
    KeptTrees.keepLeft(tree, refs, jobs);
    for (var input : inputs) {
      input.ifPresent(below -> jobs.forEach(job -> job.failed().keep(below)));
    }
    var inputIds = inputs.stream().map(input -> input.map(Ref::id).orElse("")).toList();
    return new ErrorDetail.FailedOp(inputIds, left, ErrorDetail.Subject.FILE_ACTION, action);
  }

  private MutableRef base(FileAction action) throws IOException, InterruptedException {
    long index = action.getInput();
    if (index < -1 || index >= inputs.size() + op.getActionsCount()) {
      throw BuildException.invalid(
          "invalid input index %d, %d provided"
              .formatted(index, inputs.size() + op.getActionsCount()));
    }
    int previous = (int) index - inputs.size();
    if (previous >= 0 && isUsedOnce(index) && op.getActions(previous).getOutput() < 0) {
      var state = state(previous);
      open.remove(previous);
      return state;
    }
    return refs.create(tree(index), RefOptions.regular(description()));
  }

  private String description() {
    return String.join(", ", op.getActionsList().stream().map(VertexNames::of).toList());
  }

  private boolean isUsedOnce(long index) {
    long uses = 0;
    for (var action : op.getActionsList()) {
      uses += action.getInput() == index ? 1 : 0;
      uses += action.getSecondaryInput() == index ? 1 : 0;
    }
    return uses == 1;
  }

  private Optional<Ref> tree(long index) throws IOException, InterruptedException {
    if (index < 0) {
      return Optional.empty();
    }
    if (index < inputs.size()) {
      return inputs.get((int) index);
    }
    return Optional.of(commit((int) index - inputs.size()));
  }

  private void run(FileAction action, MutableRef state) throws IOException, InterruptedException {
    var chown = FileVertexOp.owner(action);
    var owner =
        chown.isPresent() ? new OwnerLookup(this::tree).find(chown.get()) : Optional.<Owner>empty();
    if (action.hasCopy()) {
      copy(action, state, owner);
      return;
    }
    try (var mounted = state.mount();
        var root = mounted.open()) {
      var changes = new FileChanges(root);
      var own = owner.orElse(Owner.ROOT);
      switch (action.getActionCase()) {
        case MKDIR -> changes.makeDirectory(action.getMkdir(), own);
        case MKFILE -> {
          state.room().reserve(action.getMkfile().getData().size());
          changes.makeFile(action.getMkfile(), owner);
        }
        case SYMLINK -> changes.makeSymlink(action.getSymlink(), own);
        case RM -> changes.remove(action.getRm());
        case COPY, ACTION_NOT_SET -> throw BuildException.invalid("invalid action type <nil>");
      }
    }
  }

  private void copy(FileAction action, MutableRef state, Optional<Owner> owner)
      throws IOException, InterruptedException {
    long index = action.getSecondaryInput();
    if (index < -1 || index >= inputs.size() + op.getActionsCount()) {
      throw BuildException.invalid(
          "invalid secondary input index %d, %d provided"
              .formatted(action.getInput(), inputs.size()));
    }
    var source = tree(index);
    try (var from = source.isPresent() ? source.get().mount() : emptyTree();
        var sourceRoot = from.open();
        var mounted = state.mount();
        var root = mounted.open()) {
      copy(action.getCopy(), sourceRoot, root, owner, state.room());
    }
  }

  private org.jbuildkit.store.MountedTree emptyTree() throws IOException, InterruptedException {
    var empty = refs.create(Optional.empty(), RefOptions.regular("empty tree"));
    open.put(-1 - open.size(), empty);
    return empty.mount();
  }

  private static void copy(
      FileActionCopy copy, Dir source, Dir target, Optional<Owner> owner, Room room)
      throws IOException {
    var options =
        new CopyOptions(
            owner,
            copy.getModeStr().isEmpty() ? copy.getMode() : -1,
            copy.getModeStr().isEmpty()
                ? Optional.empty()
                : Optional.of(ModeExpression.parse(copy.getModeStr())),
            copy.getTimestamp() == -1
                ? Optional.empty()
                : Optional.of(Timestamp.ofNanos(copy.getTimestamp())),
            copy.getFollowSymlink(),
            copy.getDirCopyContents(),
            copy.getAttemptUnpackDockerCompatibility(),
            copy.getCreateDestPath(),
            copy.getAlwaysReplaceExistingDestPaths(),
            copy.getIncludePatternsList(),
            copy.getExcludePatternsList());
    new TreeCopy(source, target, options, room)
        .copy(copy.getSrc(), copy.getDest(), copy.getAllowWildcard(), copy.getAllowEmptyWildcard());
  }
}
