package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.SSHOpt;
import org.jbuildkit.protocol.pb.SecretEnv;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.jbuildkit.protocol.pb.TmpfsOpt;

/** What a process of RUN sees of other trees, secrets and agents. */
final class RunMounts {
  private static final String PIPES = "/dev/pipes/";

  private final BuildScene scene;
  private final Stage stage;
  private final Instruction.Run run;
  private final Set<String> capabilities;
  private final List<LlbEdge> inputs = new ArrayList<>();
  private final List<Placed> mounts = new ArrayList<>();
  private final List<Mount> secrets = new ArrayList<>();
  private final List<Mount> agents = new ArrayList<>();
  private final List<SecretEnv> variables = new ArrayList<>();

  private record Placed(Mount.Builder mount, Optional<LlbEdge> input) {}

  /**
   * @param capabilities takes those that the mounts need
   */
  RunMounts(BuildScene scene, Stage stage, Instruction.Run run, Set<String> capabilities) {
    this.scene = scene;
    this.stage = stage;
    this.run = run;
    this.capabilities = capabilities;
    mounts.add(new Placed(Mount.newBuilder().setDest("/"), stage.tree));
  }

  void addAll(List<RunMount> all, StageDispatch.Origins origins) throws InterruptedException {
    for (var mount : all) {
      var from = mount.from();
      if (!origins.isReady(from, false)) {
        throw BuildException.invalid(
            "cannot mount from stage %s to %s, stage needs to be defined before current command"
                .formatted(GoQuote.quote(from), GoQuote.quote(mount.target())));
      }
      switch (mount.type()) {
        case "bind" -> bind(mount, origins);
        case "cache" -> cache(mount, origins);
        case "tmpfs" -> tmpfs(mount);
        case "secret" -> secret(mount);
        default -> agent(mount);
      }
    }
  }

  /** Mounts a script's file, once. */
  void script(LlbEdge file) {
    if (mounts.stream().noneMatch(m -> m.mount().getDest().equals(PIPES))) {
      var mount =
          Mount.newBuilder().setDest(PIPES).setSelector("/").setOutput(-1).setReadonly(true);
      mounts.add(new Placed(mount, Optional.of(file)));
      capabilities.add("exec.mount.selector");
    }
  }

  List<SecretEnv> secretVariables() {
    return variables;
  }

  /** Tells where the first agent is, unless the stage has it set. */
  List<String> agentVariables() {
    return agents.isEmpty() || stage.environment.containsKey("SSH_AUTH_SOCK")
        ? List.of()
        : List.of("SSH_AUTH_SOCK=" + agents.getFirst().getDest());
  }

  List<LlbEdge> inputs() {
    return inputs;
  }

  void sharedMemory() {
    long size = scene.options.limits().shmSize();
    if (size > 0) {
      var _ = tmpfs("/dev/shm", size);
    }
  }

  /** All mounts in the order of the op. */
  List<Mount> placed() {
    mounts.sort(Comparator.comparing(m -> ByteName.ofText(m.mount().getDest())));
    var all = new ArrayList<Mount>();
    for (var placed : mounts) {
      if (placed.input().isPresent() && placed.mount().getMountType() == MountType.BIND) {
        capabilities.add("exec.mount.bind");
      }
      int input = placed.input().map(edge -> edge.indexAdding(inputs)).orElse(-1);
      all.add(placed.mount().setInput(input).build());
    }
    all.addAll(secrets);
    all.addAll(agents);
    return all;
  }

  private String target(RunMount mount) {
    var target = mount.target();
    boolean isAbsolute = target.startsWith("/");
    var path = new ContainerPath(isAbsolute ? target : stage.workingDir + "/" + target);
    if (path.isRoot()) {
      throw BuildException.invalid("invalid mount target \"/\"");
    }
    return isAbsolute ? target : path.value(); // as upstream, which cleans only what it joins
  }

  private void bind(RunMount mount, StageDispatch.Origins origins) throws InterruptedException {
    boolean readOnly = mount.readOnly().orElse(true);
    var source = new ContainerPath(mount.source()).value();
    var input =
        mount.from().isEmpty()
            ? Optional.of(scene.contextFor(source))
            : origins.find(Optional.empty(), mount.from(), false, List.of(source));
    var placed = Mount.newBuilder().setDest(target(mount)).setOutput(-1).setReadonly(readOnly);
    select(placed, source);
    mounts.add(new Placed(placed, input));
  }

  private void cache(RunMount mount, StageDispatch.Origins origins) throws InterruptedException {
    var source = new ContainerPath(mount.source()).value();
    var input =
        mount.from().isEmpty()
            ? Optional.<LlbEdge>empty()
            : origins.find(Optional.empty(), mount.from(), false, List.of(source));
    boolean owned = mount.mode().isPresent() || mount.uid().isPresent() || mount.gid().isPresent();
    if (owned && source.equals("/")) {
      input = Optional.of(ownedCache(mount, input));
      source = "/cache";
    }
    var id = mount.id().isEmpty() ? ContainerPath.cleaned(mount.target()) : mount.id();
    var namespace = scene.arguments.given("BUILDKIT_CACHE_MOUNT_NS").orElse("");
    var sharing =
        switch (mount.sharing()) {
          case "private" -> CacheSharingOpt.PRIVATE;
          case "locked" -> CacheSharingOpt.LOCKED;
          default -> CacheSharingOpt.SHARED;
        };
    var placed =
        Mount.newBuilder()
            .setDest(target(mount))
            .setOutput(-1)
            .setReadonly(mount.readOnly().orElse(false))
            .setMountType(MountType.CACHE)
            .setCacheOpt(CacheOpt.newBuilder().setID(namespace + "/" + id).setSharing(sharing));
    select(placed, source);
    capabilities.add("exec.mount.cache");
    capabilities.add("exec.mount.cache.sharing");
    mounts.add(new Placed(placed, input));
  }

  private static LlbEdge ownedCache(RunMount mount, Optional<LlbEdge> input) {
    var directory =
        FileActionMkDir.newBuilder()
            .setPath("/cache")
            .setMode(mount.mode().orElse(0755))
            .setTimestamp(-1);
    CopyConversion.owner(mount.uid().orElse(0) + ":" + mount.gid().orElse(0), input)
        .ifPresent(directory::setOwner);
    return Ops.file(
        input,
        List.of(new Ops.Action(FileAction.newBuilder().setMkdir(directory), Optional.empty())),
        Ops.About.named("[internal] setting cache mount permissions"));
  }

  private void tmpfs(RunMount mount) {
    if (mount.from().isEmpty()) {
      // Upstream counts the path among those used of the context.
      scene.contextPaths.add(new ContainerPath(mount.source()).value());
    }
    var placed = tmpfs(target(mount), mount.size());
    placed.setReadonly(mount.readOnly().orElse(false));
    select(placed, new ContainerPath(mount.source()).value());
  }

  /** Shows a part of the input; upstream lets a tmpfs have one too, which then cannot start. */
  private void select(Mount.Builder placed, String source) {
    if (!source.equals("/")) {
      placed.setSelector(source);
      capabilities.add("exec.mount.selector");
    }
  }

  private Mount.Builder tmpfs(String target, long size) {
    capabilities.add("exec.mount.tmpfs");
    if (size > 0) {
      capabilities.add("exec.mount.tmpfs.size");
    }
    var placed =
        Mount.newBuilder()
            .setDest(target)
            .setOutput(-1)
            .setMountType(MountType.TMPFS)
            .setTmpfsOpt(TmpfsOpt.newBuilder().setSize(size));
    mounts.add(new Placed(placed, Optional.empty()));
    return placed;
  }

  private void secret(RunMount mount) {
    stage.parameters.secret(mount.id(), mount.required(), run.line());
    if (!mount.env().isEmpty()) {
      variables.add(
          SecretEnv.newBuilder()
              .setID(mount.id())
              .setName(mount.env())
              .setOptional(!mount.required())
              .build());
      capabilities.add("exec.mount.secret");
      capabilities.add("exec.secretenv");
      if (mount.target().isEmpty()) {
        return;
      }
    }
    var name = RunMount.last(mount.id());
    var dest = mount.target().isEmpty() ? "/run/secrets/" + name : mount.target();
    secrets.add(
        Mount.newBuilder()
            .setInput(-1)
            .setDest(dest)
            .setMountType(MountType.SECRET)
            .setSecretOpt(
                SecretOpt.newBuilder()
                    .setID(mount.id())
                    .setUid(mount.uid().orElse(0))
                    .setGid(mount.gid().orElse(0))
                    .setMode(mount.mode().orElse(0400))
                    .setOptional(!mount.required()))
            .build());
    capabilities.add("exec.mount.secret");
  }

  private void agent(RunMount mount) {
    if (!mount.source().isEmpty()) {
      throw BuildException.invalid("ssh does not support source");
    }
    var id = mount.id().isEmpty() ? "default" : mount.id();
    stage.parameters.agent(id, mount.required(), run.line());
    var dest =
        mount.target().isEmpty() ? "/run/buildkit/ssh_agent." + agents.size() : mount.target();
    agents.add(
        Mount.newBuilder()
            .setInput(-1)
            .setDest(dest)
            .setMountType(MountType.SSH)
            .setSSHOpt(
                SSHOpt.newBuilder()
                    .setID(mount.id())
                    .setUid(mount.uid().orElse(0))
                    .setGid(mount.gid().orElse(0))
                    .setMode(mount.mode().orElse(0600))
                    .setOptional(!mount.required()))
            .build());
    capabilities.add("exec.mount.ssh");
  }
}
