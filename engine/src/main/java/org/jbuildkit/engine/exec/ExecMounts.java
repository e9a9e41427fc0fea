package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.job.KeptTrees;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;

/**
 * The mounts of one run of an exec op: made in the op's order, given to the container sorted by
 * destination, undone in reverse. Closing it drops writable trees that were not committed.
 */
final class ExecMounts implements AutoCloseable {
  private final ExecOp op;
  private final List<Optional<Ref>> inputs;
  private final ExecWorker worker;
  private final SessionFiles session;
  private final Path folder;
  private final List<ContainerMount> mounts = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();
  private final Map<String, CacheMounts.Held> caches = new HashMap<>();
  private final IdentityHashMap<Mount, MutableRef> written = new IdentityHashMap<>();
  private final IdentityHashMap<Mount, Path> folders = new IdentityHashMap<>();
  private final Deque<Undo> mounted = new ArrayDeque<>();
  private final Deque<Undo> trees = new ArrayDeque<>();
  private Optional<Path> root = Optional.empty();
  private boolean isRootReadOnly;

  /** Something to be undone at the end. */
  @FunctionalInterface
  private interface Undo {
    void run() throws IOException;
  }

  /** What becomes of a mount after the run. */
  private sealed interface Output {
    record Kept(Optional<Ref> input) implements Output {}

    record Written(MutableRef ref) implements Output {}
  }

  private ExecMounts(
      ExecOp op, List<Optional<Ref>> inputs, ExecWorker worker, SessionFiles session, Path folder) {
    this.op = op;
    this.inputs = inputs;
    this.worker = worker;
    this.session = session;
    this.folder = folder;
  }

  /** Makes all mounts of an op; the inputs' handles stay the caller's. */
  static ExecMounts prepare(
      ExecOp op, List<Optional<Ref>> inputs, ExecWorker worker, SessionFiles session)
      throws IOException, InterruptedException {
    var folder = Files.createTempDirectory(worker.scratch(), "step");
    var made = new ExecMounts(op, inputs, worker, session, folder);
    try {
      for (var mount : op.getMountsList()) {
        made.add(mount);
      }
      made.mounts.sort(Comparator.comparing(mount -> ByteName.ofText(mount.destination())));
      return made;
    } catch (IOException | InterruptedException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  Path root() {
    return root.orElseThrow(() -> BuildException.invalid("invalid exec op with no rootfs"));
  }

  /** Ids of the trees that the step may write to. */
  Set<String> writtenTrees() {
    var ids = new HashSet<String>();
    written.values().forEach(ref -> ids.add(ref.id()));
    caches.values().forEach(cache -> ids.add(cache.id()));
    return ids;
  }

  boolean isRootReadOnly() {
    return isRootReadOnly;
  }

  List<ContainerMount> mounts() {
    return mounts;
  }

  /** Where a mount's tree can be reached from outside; nothing for those that hold no tree. */
  Optional<Path> folder(int index) {
    return Optional.ofNullable(folders.get(op.getMounts(index)));
  }

  private String destination(Mount mount) {
    return new ContainerPath(op.getMeta().getCwd()).resolve(mount.getDest()).value();
  }

  private void add(Mount mount) throws IOException, InterruptedException {
    boolean isRoot = destination(mount).equals("/");
    if (isRoot && mount.getMountType() != MountType.BIND) {
      throw BuildException.invalid(
          "invalid mount type %s for %s".formatted(mount.getMountType(), mount.getDest()));
    }
    var input = input(mount);
    switch (mount.getMountType()) {
      case BIND -> addBind(mount, input, isRoot);
      case CACHE -> addCache(mount, input);
      case TMPFS -> {
        mounts.add(new ContainerMount.Tmpfs(destination(mount), mount.getTmpfsOpt().getSize()));
        keep(mount, input);
      }
      case SECRET -> {
        addSecret(mount);
        keep(mount, input);
      }
      case SSH -> {
        addAgent(mount);
        keep(mount, input);
      }
      case UNRECOGNIZED ->
          throw BuildException.invalid(
              "mount type %d not implemented".formatted(mount.getMountTypeValue()));
    }
  }

  private Optional<Ref> input(Mount mount) {
    long index = mount.getInput();
    if (index < -1 || index >= inputs.size()) {
      throw BuildException.invalid("missing input " + index);
    }
    return index == -1 ? Optional.empty() : inputs.get((int) index);
  }

  /** The output of a mount that changes no tree. */
  private void keep(Mount mount, Optional<Ref> input) {
    if (mount.getOutput() >= 0) {
      outputs.add(new Output.Kept(input));
    }
  }

  private void addBind(Mount mount, Optional<Ref> input, boolean isRoot)
      throws IOException, InterruptedException {
    boolean hasOutput = mount.getOutput() >= 0;
    boolean readsOnly = mount.getReadonly() && input.isPresent() && !isRoot;
    MountedTree tree;
    if (readsOnly) {
      tree = input.get().mount();
      keep(mount, input);
    } else {
      var ref = worker.refs().create(input, RefOptions.regular(description(mount)));
      trees.push(ref::close);
      written.put(mount, ref);
      if (hasOutput) {
        outputs.add(new Output.Written(ref));
      }
      tree = ref.mount();
    }
    mounted.push(tree::close);
    folders.put(mount, tree.path());
    if (isRoot) {
      setRoot(mount, tree);
    } else {
      addTree(mount, tree, mount.getReadonly());
    }
  }

  private void setRoot(Mount mount, MountedTree tree) {
    if (!new ContainerPath(mount.getSelector()).isRoot()) {
      throw BuildException.invalid("the root mount can't have a selector: " + mount.getSelector());
    }
    root = Optional.of(tree.path());
    isRootReadOnly = mount.getReadonly();
  }

  private String description(Mount mount) {
    return "mount %s from exec %s"
        .formatted(mount.getDest(), String.join(" ", op.getMeta().getArgsList()));
  }

  private void addTree(Mount mount, MountedTree tree, boolean readOnly) throws IOException {
    addTree(mount, tree.path(), readOnly);
  }

  private void addTree(Mount mount, Path tree, boolean readOnly) throws IOException {
    var selector = new ContainerPath(mount.getSelector());
    if (selector.isRoot()) {
      mounts.add(ContainerMount.Bind.tree(destination(mount), tree, readOnly));
      return;
    }
    var selected = SelectedPath.open(tree, selector, next());
    mounted.push(selected::close);
    mounts.add(ContainerMount.Bind.tree(destination(mount), selected.path(), readOnly));
  }

  private Path next() {
    return folder.resolve("m" + mounted.size());
  }

  private Path nextFolder() throws IOException {
    return Files.createDirectory(next());
  }

  private void addCache(Mount mount, Optional<Ref> input) throws IOException, InterruptedException {
    if (!mount.hasCacheOpt()) {
      throw BuildException.invalid("missing cache mount options");
    }
    var cache = mount.getCacheOpt();
    if (cache.getSharing() == CacheSharingOpt.UNRECOGNIZED) {
      throw BuildException.invalid("invalid cache sharing option: " + cache.getSharingValue());
    }
    var key = cache.getID() + input.map(ref -> ":" + ref.id()).orElse("");
    var held = caches.get(key);
    if (held == null) {
      held =
          worker
              .caches()
              .acquire(
                  new CacheMounts.Request(
                      key, cache.getID(), cache.getSharing(), input, cacheDescription(mount)));
      mounted.push(held::close);
      caches.put(key, held);
    }
    folders.put(mount, held.path());
    addTree(mount, held.path(), mount.getReadonly());
    keep(mount, input);
  }

  private String cacheDescription(Mount mount) {
    var text =
        "cached mount %s from exec %s"
            .formatted(mount.getDest(), String.join(" ", op.getMeta().getArgsList()));
    var id = mount.getCacheOpt().getID();
    return id.equals(mount.getDest()) ? text : text + " with id \"" + id + "\"";
  }

  private void addSecret(Mount mount) throws IOException, InterruptedException {
    if (!mount.hasSecretOpt()) {
      throw BuildException.invalid("invalid secret mount options");
    }
    var options = mount.getSecretOpt();
    if (options.getID().isEmpty()) {
      throw BuildException.invalid("secret ID missing from mount options");
    }
    var data = session.secret(options.getID(), options.getOptional());
    if (data.isEmpty()) {
      return;
    }
    var file = SessionFiles.secretFile(nextFolder(), data.get(), options);
    mounted.push(file::close);
    mounts.add(
        new ContainerMount.Bind(
            destination(mount), file.path(), List.of("ro", "rbind", "nodev", "nosuid", "noexec")));
  }

  private void addAgent(Mount mount) throws IOException, InterruptedException {
    if (!mount.hasSSHOpt()) {
      throw BuildException.invalid("invalid ssh mount options");
    }
    var agent = session.agent(mount.getSSHOpt());
    if (agent.isEmpty()) {
      return;
    }
    var socket = SessionFiles.agentSocket(nextFolder(), agent.get(), mount.getSSHOpt());
    mounted.push(socket::close);
    mounts.add(new ContainerMount.Bind(destination(mount), socket.path(), List.of("rbind")));
  }

  /**
   * Unmounts everything and makes the outputs.
   *
   * @return handles that the caller closes
   */
  List<Result> commit() throws IOException {
    undo(mounted);
    var results = new ArrayList<Result>();
    for (var output : outputs) {
      switch (output) {
        case Output.Kept(var input) -> results.add(new RefResult(input.map(Ref::retain)));
        case Output.Written(var ref) -> results.add(RefResult.of(ref.commit()));
      }
    }
    return results;
  }

  /**
   * Unmounts everything and lets builds keep the trees as they are, for debuggers.
   *
   * @return what is known of them
   */
  ErrorDetail.FailedOp keepFor(List<Job> jobs) throws IOException {
    undo(mounted);
    var inputIds = new ArrayList<String>();
    var mountIds = new ArrayList<String>();
    for (var mount : op.getMountsList()) {
      var input = input(mount);
      input.ifPresent(tree -> jobs.forEach(job -> job.failed().keep(tree)));
      inputIds.add(input.map(Ref::id).orElse(""));
      var ref = written.get(mount);
      if (ref == null) {
        mountIds.add(inputIds.getLast());
        continue;
      }
      var tree = ref.commit();
      mountIds.add(tree.id());
      KeptTrees.keepLeft(tree, worker.refs(), jobs);
    }
    return new ErrorDetail.FailedOp(inputIds, mountIds, ErrorDetail.Subject.NONE, 0);
  }

  @Override
  public void close() throws IOException {
    undo(mounted);
    undo(trees);
    try (var left = Files.walk(folder)) {
      for (var path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void undo(Deque<Undo> steps) throws IOException {
    IOException failure = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
