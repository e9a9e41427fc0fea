package org.jbuildkit.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.ProxyEnv;
import org.jbuildkit.protocol.pb.SSHOpt;
import org.jbuildkit.protocol.pb.SecretEnv;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.jbuildkit.protocol.pb.TmpfsOpt;

/** Turns RUN into an exec op. */
final class RunConversion {
  private final BuildScene scene;
  private final Stage stage;
  private final Instruction.Run run;
  private final ExecOp.Builder exec = ExecOp.newBuilder();
  private final List<LlbEdge> inputs = new ArrayList<>();
  private final Set<String> capabilities = new TreeSet<>();
  private final List<Placed> mounts = new ArrayList<>();
  private final List<Mount> secrets = new ArrayList<>();
  private final List<Mount> agents = new ArrayList<>();

  private record Placed(Mount.Builder mount, Optional<LlbEdge> input) {}

  /** Finds the tree that a mount's {@code from} names, of which a path is used; empty if it is. */
  @FunctionalInterface
  interface Trees {
    Optional<LlbEdge> find(String from, String path) throws InterruptedException;
  }

  RunConversion(BuildScene scene, Stage stage, Instruction.Run run) {
    this.scene = scene;
    this.stage = stage;
    this.run = run;
  }

  /** Appends to the stage's tree. */
  void append(List<RunMount> runMounts, Trees trees, String name) throws InterruptedException {
    capabilities.add("exec.meta.base");
    capabilities.add("exec.mount.bind");
    capabilities.add("exec.meta.setsdefaultpath");
    exec.setMeta(meta());
    mounts.add(new Placed(Mount.newBuilder().setDest("/"), stage.tree));
    for (var mount : runMounts) {
      add(mount, trees);
    }
    sharedMemory();
    network();
    if (run.security().equals("insecure")) {
      exec.setSecurity(SecurityMode.INSECURE);
      capabilities.add("exec.meta.security");
    }
    place();
    boolean ignores = scene.options.ignoresCache(stage.from.stage());
    var about = limited(scene.about(run.line(), name, Optional.of(run.line().original()), ignores));
    stage.tree =
        Optional.of(
            Ops.exec(exec.build(), inputs, stage.basePlatform, List.copyOf(capabilities), about));
  }

  private Meta meta() {
    var meta =
        Meta.newBuilder()
            .addAllArgs(arguments())
            .setCwd(stage.workingDir.isEmpty() ? "/" : stage.workingDir)
            .setUser(stage.user)
            .setRemoveMountStubsRecursive(true);
    stage.environment.forEach((key, value) -> meta.addEnv(key + "=" + value));
    var hostname =
        scene
            .arguments
            .given("BUILDKIT_SANDBOX_HOSTNAME")
            .orElse(scene.options.all().getOrDefault("hostname", ""));
    meta.setHostname(hostname);
    var limits = scene.options.limits();
    meta.addAllExtraHosts(limits.hosts()).setCgroupParent(limits.cgroupParent());
    if (!limits.ulimits().isEmpty()) {
      meta.addAllUlimit(limits.ulimits());
      capabilities.add("exec.meta.ulimit");
    }
    proxy().ifPresent(meta::setProxyEnv);
    return meta.build();
  }

  private Ops.About limited(Ops.About about) {
    var resources = scene.options.limits().resources();
    if (resources.isEmpty()) {
      return about;
    }
    capabilities.add("exec.meta.linux.resources");
    var metadata = about.metadata().toBuilder().setLinuxResources(resources.get()).build();
    return new Ops.About(metadata, about.locations());
  }

  private void sharedMemory() {
    long size = scene.options.limits().shmSize();
    if (size > 0) {
      capabilities.add("exec.mount.tmpfs");
      capabilities.add("exec.mount.tmpfs.size");
      mounts.add(
          new Placed(
              Mount.newBuilder()
                  .setDest("/dev/shm")
                  .setOutput(-1)
                  .setMountType(MountType.TMPFS)
                  .setTmpfsOpt(TmpfsOpt.newBuilder().setSize(size)),
              Optional.empty()));
    }
  }

  private Optional<ProxyEnv> proxy() {
    var given = new TreeMap<>(scene.arguments.given());
    var proxy = ProxyEnv.newBuilder();
    given.forEach((key, value) -> {
      switch (key.toLowerCase(java.util.Locale.ROOT)) {
        case "http_proxy" -> proxy.setHttpProxy(value);
        case "https_proxy" -> proxy.setHttpsProxy(value);
        case "ftp_proxy" -> proxy.setFtpProxy(value);
        case "no_proxy" -> proxy.setNoProxy(value);
        case "all_proxy" -> proxy.setAllProxy(value);
        default -> {}
      }
    });
    var built = proxy.build();
    if (built.equals(ProxyEnv.getDefaultInstance())) {
      return Optional.empty();
    }
    capabilities.add("exec.meta.proxyenv");
    return Optional.of(built);
  }

  /** The process's arguments; a document becomes a script or the shell's text. */
  List<String> arguments() {
    if (!run.command().isShell()) {
      return run.command().words();
    }
    var line = run.line();
    var text = run.command().words().getFirst();
    if (!line.heredocs().isEmpty()) {
      boolean only = line.heredocs().size() == 1 && StepNames.isOnlyHeredoc(line);
      if (only) {
        var document = line.heredocs().getFirst();
        var body = document.content();
        text = body.startsWith("#!") ? script(document.name(), body) : body;
      } else {
        var whole = new StringBuilder(text);
        for (var document : line.heredocs()) {
          whole.append('\n').append(document.body()).append(document.name());
        }
        text = whole.toString();
      }
    }
    return shell(stage, text);
  }

  private String script(String name, String body) {
    var file =
        Ops.inlineFile(
            "/" + name,
            0755,
            body.getBytes(StandardCharsets.UTF_8),
            Ops.About.named("[internal] preparing inline document"));
    if (mounts.stream().noneMatch(m -> m.mount().getDest().equals("/dev/pipes/"))) {
      mounts.add(
          new Placed(
              Mount.newBuilder().setDest("/dev/pipes/").setOutput(-1).setReadonly(true),
              Optional.of(file)));
    }
    return "/dev/pipes/" + name;
  }

  /** A text for the stage's shell. */
  static List<String> shell(Stage stage, String text) {
    var words =
        new ArrayList<>(stage.image.shell.isEmpty() ? List.of("/bin/sh", "-c") : stage.image.shell);
    words.add(text);
    return words;
  }

  private void network() {
    var network = run.network().equals("default") ? scene.options.forceNetwork() : run.network();
    switch (network) {
      case "host" -> exec.setNetwork(NetMode.HOST);
      case "none" -> exec.setNetwork(NetMode.NONE);
      default -> {
        return;
      }
    }
    capabilities.add("exec.meta.network");
  }

  private String target(RunMount mount) {
    var target = mount.target();
    var path =
        target.startsWith("/")
            ? new ContainerPath(target)
            : new ContainerPath(stage.workingDir + "/" + target);
    if (path.isRoot()) {
      throw BuildException.invalid("invalid mount target \"/\"");
    }
    return path.value();
  }

  private void add(RunMount mount, Trees trees) throws InterruptedException {
    switch (mount.type()) {
      case "bind" -> bind(mount, trees);
      case "cache" -> cache(mount, trees);
      case "tmpfs" -> tmpfs(mount);
      case "secret" -> secret(mount);
      default -> agent(mount);
    }
  }

  private void bind(RunMount mount, Trees trees) throws InterruptedException {
    boolean readOnly = mount.readOnly().orElse(true);
    var source = new ContainerPath(mount.source()).value();
    var input =
        mount.from().isEmpty()
            ? Optional.of(scene.contextFor(source))
            : trees.find(mount.from(), source);
    var placed = Mount.newBuilder().setDest(target(mount)).setOutput(-1).setReadonly(readOnly);
    if (!source.equals("/")) {
      placed.setSelector(source);
      capabilities.add("exec.mount.selector");
    }
    if (!readOnly) {
      capabilities.add("exec.mount.bind.readwrite-nooutput");
    }
    mounts.add(new Placed(placed, input));
  }

  private void cache(RunMount mount, Trees trees) throws InterruptedException {
    var source = new ContainerPath(mount.source()).value();
    var input =
        mount.from().isEmpty() ? Optional.<LlbEdge>empty() : trees.find(mount.from(), source);
    boolean owned = mount.mode() >= 0 || mount.uid().isPresent() || mount.gid().isPresent();
    if (owned && source.equals("/")) {
      input = Optional.of(ownedCache(mount, input));
      source = "/cache";
    }
    var id = mount.id().isEmpty() ? cleanRelative(mount.target()) : mount.id();
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
    if (!source.equals("/")) {
      placed.setSelector(source);
      capabilities.add("exec.mount.selector");
    }
    capabilities.add("exec.mount.cache");
    capabilities.add("exec.mount.cache.sharing");
    mounts.add(new Placed(placed, input));
  }

  private static String cleanRelative(String path) {
    return path.startsWith("/") ? new ContainerPath(path).value() : path;
  }

  private static LlbEdge ownedCache(RunMount mount, Optional<LlbEdge> input) {
    var directory =
        FileActionMkDir.newBuilder()
            .setPath("/cache")
            .setMode(mount.mode() < 0 ? 0755 : mount.mode())
            .setTimestamp(-1);
    CopyConversion.owner(mount.uid().orElse(0) + ":" + mount.gid().orElse(0), input)
        .ifPresent(directory::setOwner);
    return Ops.file(
        input,
        List.of(new Ops.Action(FileAction.newBuilder().setMkdir(directory), Optional.empty())),
        Ops.About.named("[internal] setting cache mount permissions"));
  }

  private void tmpfs(RunMount mount) {
    capabilities.add("exec.mount.tmpfs");
    if (mount.size() > 0) {
      capabilities.add("exec.mount.tmpfs.size");
    }
    mounts.add(
        new Placed(
            Mount.newBuilder()
                .setDest(target(mount))
                .setOutput(-1)
                .setMountType(MountType.TMPFS)
                .setTmpfsOpt(TmpfsOpt.newBuilder().setSize(mount.size())),
            Optional.empty()));
  }

  private void secret(RunMount mount) {
    if (!mount.env().isEmpty()) {
      exec.addSecretenv(
          SecretEnv.newBuilder()
              .setID(mount.id())
              .setName(mount.env())
              .setOptional(!mount.required()));
      capabilities.add("exec.secretenv");
      if (mount.target().isEmpty()) {
        return;
      }
    }
    var name = mount.id().substring(mount.id().lastIndexOf('/') + 1);
    var dest = mount.target().isEmpty() ? "/run/secrets/" + name : mount.target();
    if (new ContainerPath(dest).isRoot()) {
      throw BuildException.invalid("invalid mount target \"/\"");
    }
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
                    .setMode(mount.mode() < 0 ? 0400 : mount.mode())
                    .setOptional(!mount.required()))
            .build());
    capabilities.add("exec.mount.secret");
  }

  private void agent(RunMount mount) {
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
                    .setMode(mount.mode() < 0 ? 0600 : mount.mode())
                    .setOptional(!mount.required()))
            .build());
    capabilities.add("exec.mount.ssh");
    boolean known = stage.environment.containsKey("SSH_AUTH_SOCK") || agents.size() > 1;
    if (!known) {
      exec.setMeta(exec.getMeta().toBuilder().addEnv("SSH_AUTH_SOCK=" + dest));
    }
  }

  private void place() {
    mounts.sort(Comparator.comparing(m -> ByteName.ofText(m.mount().getDest())));
    for (var placed : mounts) {
      placed
          .input()
          .ifPresentOrElse(
              edge -> placed.mount().setInput(index(edge)), () -> placed.mount().setInput(-1));
      exec.addMounts(placed.mount());
    }
    exec.addAllMounts(secrets).addAllMounts(agents);
  }

  private int index(LlbEdge edge) {
    for (int i = 0; i < inputs.size(); i++) {
      var known = inputs.get(i);
      if (known.outputIndex() == edge.outputIndex()
          && known.vertex().digest().equals(edge.vertex().digest())) {
        return i;
      }
    }
    inputs.add(edge);
    return inputs.size() - 1;
  }

  /** The instruction in the image history. */
  String history(Map<String, Optional<String>> arguments) {
    var text = new StringBuilder("RUN ");
    if (!arguments.isEmpty()) {
      text.append('|').append(arguments.size()).append(' ');
      arguments.forEach((name, value) -> {
        var now = stage.environment.getOrDefault(name, value.orElse(""));
        text.append(name).append('=').append(now).append(' ');
      });
    }
    return text + String.join(" ", arguments()) + " # buildkit";
  }
}
