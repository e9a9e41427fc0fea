package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.RawText;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.ProxyEnv;
import org.jbuildkit.protocol.pb.SecurityMode;

/** Turns RUN into an exec op. */
final class RunConversion {
  private final BuildScene scene;
  private final Stage stage;
  private final Instruction.Run run;
  private final ExecOp.Builder exec = ExecOp.newBuilder();
  private final Set<String> capabilities = new TreeSet<>();
  private final RunMounts mounts;

  RunConversion(BuildScene scene, Stage stage, Instruction.Run run) {
    this.scene = scene;
    this.stage = stage;
    this.run = run;
    this.mounts = new RunMounts(scene, stage, run, capabilities);
  }

  /** Appends to the stage's tree. */
  void append(List<RunMount> runMounts, StageDispatch.Origins origins) throws InterruptedException {
    capabilities.add("exec.meta.base");
    capabilities.add("exec.meta.setsdefaultpath");
    var meta = meta();
    scene.hasEmptyCommand |= meta.getArgsCount() == 0;
    mounts.addAll(runMounts, origins);
    mounts.sharedMemory();
    meta.addAllEnv(mounts.agentVariables());
    exec.setMeta(meta).addAllSecretenv(mounts.secretVariables());
    network();
    if (run.security().equals("insecure")) {
      exec.setSecurity(SecurityMode.INSECURE);
      capabilities.add("exec.meta.security");
    }
    exec.addAllMounts(mounts.placed());
    boolean ignores = scene.options.ignoresCache(stage.from.stage());
    var original = run.line().original();
    var about = limited(scene.about(run.line(), name(), Optional.of(original), ignores));
    stage.tree =
        Optional.of(
            Ops.exec(
                exec.build(),
                mounts.inputs(),
                stage.treePlatform.orElse(scene.target),
                List.copyOf(capabilities),
                about));
  }

  /** Variables that hold secrets are not shown. */
  private String name() {
    var names = new StepNames(scene);
    var shown = new LinkedHashMap<>(stage.environment);
    mounts.secretVariables().forEach(secret -> shown.put(secret.getName(), "****"));
    return names.next(
        stage, names.command(run.line(), shown), stage.treePlatform, stage.environment);
  }

  private Meta.Builder meta() {
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
            .filter(name -> !name.isEmpty())
            .orElse(scene.options.all().getOrDefault("hostname", ""));
    meta.setHostname(hostname);
    var limits = scene.options.limits();
    meta.addAllExtraHosts(limits.hosts()).setCgroupParent(limits.cgroupParent());
    if (!limits.ulimits().isEmpty()) {
      meta.addAllUlimit(limits.ulimits());
      capabilities.add("exec.meta.ulimit");
    }
    proxy().ifPresent(meta::setProxyEnv);
    return meta;
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

  private Optional<ProxyEnv> proxy() {
    var given = new TreeMap<>(scene.arguments.given());
    var proxy = ProxyEnv.newBuilder();
    given.forEach((key, value) -> {
      switch (key.toLowerCase(Locale.ROOT)) {
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
      if (StepNames.isOnlyHeredoc(line)) {
        var document = line.heredocs().getFirst();
        var body = document.content();
        boolean isScript = body.startsWith("#!") && !isWindows(stage);
        text = isScript ? script(document.name(), body) : RawText.readable(body);
      } else {
        var whole = new StringBuilder(text);
        for (var document : line.heredocs()) {
          whole.append('\n').append(document.body()).append(document.name());
        }
        text = RawText.readable(whole.toString());
      }
    }
    return shell(stage, text);
  }

  private String script(String name, String body) {
    mounts.script(
        Ops.inlineFile(
            new ContainerPath("/" + name).value(),
            0755,
            RawText.encode(body),
            Ops.About.named("[internal] preparing inline document")));
    return new ContainerPath("/dev/pipes/" + name).value();
  }

  /** A text for the stage's shell. */
  static List<String> shell(Stage stage, String text) {
    var usual = isWindows(stage) ? List.of("cmd", "/S", "/C") : List.of("/bin/sh", "-c");
    var words = new ArrayList<>(stage.image.shell.isEmpty() ? usual : stage.image.shell);
    words.add(text);
    return words;
  }

  private static boolean isWindows(Stage stage) {
    return stage.image.platform().os().equals("windows");
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
