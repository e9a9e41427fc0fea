package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;

/** Applies a stage's instructions to its tree and its image config. */
final class StageDispatch {
  /** As many as there are, of each protocol, several times over. */
  private static final int MOST_PORTS = 1 << 20;

  /** Arguments that instructions never see. */
  private static final Set<String> NEVER_VARIABLES = Set.of(ScanChoice.CONTEXT, ScanChoice.STAGE);

  private final BuildScene scene;
  private final Stage stage;
  private final StepNames names;
  private final Origins origins;
  private StageChecks checks;

  /** Finds trees that instructions of a stage take from. */
  interface Origins {
    /**
     * The tree of a stage or image; empty inside for the empty tree.
     *
     * @param place the instruction, where an image is to bear it
     * @param allowsIndex whether a number stands for a stage's place
     * @param paths what is used of the tree, absolute and clean
     */
    Optional<LlbEdge> find(
        Optional<Line> place, String from, boolean allowsIndex, List<String> paths)
        throws InterruptedException;

    /** Whether the name stands for an image or for a stage that is dispatched. */
    boolean isReady(String from, boolean allowsIndex);
  }

  StageDispatch(BuildScene scene, Stage stage, Origins origins) {
    this.scene = scene;
    this.stage = stage;
    this.names = new StepNames(scene);
    this.origins = origins;
    this.checks = new StageChecks(scene.lint, stage, stage.from.line());
  }

  private String expand(String word) {
    return expand(word, scene.escape, Words.Style.WORD);
  }

  private String expand(String word, char escape, Words.Style style) {
    var lookup = new Lookup(stage.environment);
    try {
      return Words.expand(word, escape, lookup, style);
    } finally {
      checks.undefined(lookup);
    }
  }

  void apply(Instruction instruction) throws InterruptedException {
    checks = new StageChecks(scene.lint, stage, instruction.line());
    switch (instruction) {
      case Instruction.From _ -> throw new IllegalStateException("FROM starts a stage");
      case Instruction.Arg arg -> apply(arg);
      case Instruction.Env env -> apply(env);
      case Instruction.Label label -> apply(label);
      case Instruction.Run run -> apply(run);
      case Instruction.Copy copy -> apply(copy);
      case Instruction.Workdir workdir -> apply(workdir);
      case Instruction.User user -> apply(user);
      case Instruction.Cmd cmd -> apply(cmd);
      case Instruction.Entrypoint entrypoint -> apply(entrypoint);
      case Instruction.Expose expose -> apply(expose);
      case Instruction.Volume volume -> apply(volume);
      case Instruction.Healthcheck check -> {
        stage.healthcheck = checks.once(stage.healthcheck);
        stage.image.healthcheck = Optional.of(check.config());
        history("HEALTHCHECK " + check.text(), false);
      }
      case Instruction.Shell shell -> {
        stage.image.shell = shell.words();
        history("SHELL [" + String.join(" ", shell.words()) + "]", false);
      }
      case Instruction.StopSignal signal -> apply(signal);
      case Instruction.Onbuild onbuild -> stage.image.onBuild.add(onbuild.text());
      case Instruction.Maintainer maintainer -> {
        stage.image.author(maintainer.name());
        history("MAINTAINER " + maintainer.name(), false);
      }
    }
  }

  private void history(String createdBy, boolean hasLayer) {
    stage.image.addHistory(createdBy, hasLayer, scene.epoch.map(Object::toString));
  }

  private void apply(Instruction.Arg arg) {
    var texts = new ArrayList<String>();
    for (var pair : arg.pairs()) {
      var name = pair.name();
      checks.secretName("ARG", name);
      var given = scene.arguments.given(name);
      var own = given.isPresent() ? Optional.<String>empty() : pair.value().map(this::expand);
      var value = given.or(() -> own).or(() -> scene.arguments.inherited(name));
      var variables = NEVER_VARIABLES.contains(name) ? stage.scans : stage.environment;
      value.ifPresent(v -> Stage.set(variables, name, v));
      boolean isInherited = given.isEmpty() && own.isEmpty() && value.isPresent();
      if (!isInherited) {
        stage.parameters.declare(
            new BuildArguments.Declared(name, value.orElse(""), arg.line(), Set.of()));
      }
      stage.parameters.use(name);
      stage.arguments.put(name, value);
      texts.add(name + value.map(v -> "=" + v).orElse(""));
    }
    history("ARG " + String.join(" ", texts), false);
  }

  private List<Instruction.Pair> expanded(List<Instruction.Pair> pairs) {
    return pairs.stream()
        .map(pair -> new Instruction.Pair(expand(pair.name()), pair.value().map(this::expand)))
        .toList();
  }

  private static String text(List<Instruction.Pair> pairs) {
    return pairs.stream()
        .map(pair -> pair.name() + "=" + pair.value().orElse(""))
        .collect(Collectors.joining(" "));
  }

  private void apply(Instruction.Env env) {
    var pairs = expanded(env.pairs());
    for (var pair : pairs) {
      checks.legacy(env.isLegacy());
      checks.secretName("ENV", pair.name());
      var value = pair.value().orElse("");
      stage.set(pair.name(), value);
      stage.image.setEnv(pair.name(), value);
    }
    history("ENV " + text(pairs), false);
  }

  private void apply(Instruction.Label label) {
    var pairs = expanded(label.pairs());
    checks.legacy(label.isLegacy());
    pairs.forEach(pair -> stage.image.labels.put(pair.name(), pair.value().orElse("")));
    history("LABEL " + text(pairs), false);
  }

  private void apply(Instruction.Run run) throws InterruptedException {
    var mounts = RunMount.parseAll(run.mounts(), this::expand);
    stage.paths.add("/");
    if (run.hasDevices()) {
      throw BuildException.invalid(
          "device feature is only supported in Dockerfile frontend 1.14.0-labs or later");
    }
    var conversion = new RunConversion(scene, stage, run);
    var history = conversion.history(stage.arguments);
    conversion.append(mounts, origins);
    history(history, true);
  }

  private void apply(Instruction.Copy copy) throws InterruptedException {
    var request = CopyRequest.of(copy, this::expand, this::expandDocument);
    var from = copy.flags().from();
    if (!origins.isReady(from, true)) {
      throw BuildException.invalid(
          "cannot copy from stage %s, it needs to be defined before current stage %s"
              .formatted(
                  GoQuote.quote(from), GoQuote.quote(scene.states > 1 ? stage.displayName() : "")));
    }
    Optional<Optional<LlbEdge>> origin =
        from.isEmpty()
            ? Optional.empty()
            : Optional.of(origins.find(Optional.of(copy.line()), from, true, request.paths()));
    new CopyConversion(scene, stage, copy, request, checks).append(origin, randomId());
    history(UserInfo.maskedIn(request.history()), true);
  }

  private String expandDocument(String text) {
    return expand(text, '\\', Words.Style.DOCUMENT);
  }

  private static String randomId() {
    var random = ThreadLocalRandom.current();
    var id = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      id.append("0123456789abcdefghijklmnopqrstuvwxyz".charAt(random.nextInt(36)));
    }
    return id.toString();
  }

  private void apply(Instruction.Workdir workdir) {
    var path = expand(workdir.path());
    checks.workdir(path);
    var base = stage.workingDir.isEmpty() ? "/" : stage.workingDir;
    if (stage.isWindows()) {
      path = WindowsPaths.workingDirectory(base, path);
    } else if (!path.startsWith("/")) {
      path = new ContainerPath(base + "/" + path).value();
    }
    stage.workingDir = path;
    stage.image.workingDir = stage.isWindows() ? path.replace('/', '\\') : path;
    var clean = new ContainerPath(path);
    if (!clean.isRoot()) {
      var text = names.text(stage, workdir.line());
      var name = names.next(stage, text, Optional.of(stage.platform), stage.environment);
      makeDirectory(workdir, clean.value(), name);
    }
    history("WORKDIR " + path, !clean.isRoot());
  }

  private void makeDirectory(Instruction.Workdir workdir, String path, String name) {
    long time = scene.epoch.map(epoch -> epoch.getEpochSecond() * 1_000_000_000L).orElse(-1L);
    var directory =
        FileActionMkDir.newBuilder()
            .setPath(path)
            .setMode(0755)
            .setMakeParents(true)
            .setTimestamp(time);
    CopyConversion.owner(stage.user, stage.tree).ifPresent(directory::setOwner);
    var action = new Ops.Action(FileAction.newBuilder().setMkdir(directory), Optional.empty());
    var about = scene.about(workdir.line(), name, Optional.empty(), false);
    stage.tree = Optional.of(Ops.file(stage.tree, List.of(action), about));
  }

  private void apply(Instruction.User user) {
    stage.user = expand(user.user());
    stage.image.user = stage.user;
    history("USER " + stage.user, false);
  }

  private List<String> words(Instruction.Command command) {
    checks.shellForm(command.isShell());
    return command.isShell()
        ? RunConversion.shell(stage, command.words().getFirst())
        : command.words();
  }

  private static String quoted(List<String> words) {
    return words.stream().map(GoQuote::quote).collect(Collectors.joining(" ", "[", "]"));
  }

  private void apply(Instruction.Cmd cmd) {
    stage.cmd = checks.once(stage.cmd);
    stage.image.cmd = words(cmd.command());
    stage.image.argsEscaped = true;
    history("CMD " + quoted(stage.image.cmd), false);
  }

  private void apply(Instruction.Entrypoint entrypoint) {
    stage.entrypoint = checks.once(stage.entrypoint);
    stage.image.entrypoint = words(entrypoint.command());
    if (stage.cmd.isEmpty()) {
      stage.image.cmd = List.of();
    }
    history("ENTRYPOINT " + quoted(stage.image.entrypoint), false);
  }

  private void apply(Instruction.Expose expose) {
    var shown = new ArrayList<String>();
    for (var item : expose.ports()) {
      for (var word : Words.words(item, scene.escape, new Lookup(stage.environment))) {
        checks.port(word);
        shown.addAll(Ports.parse(word));
        if (shown.size() > MOST_PORTS) {
          throw BuildException.invalid("EXPOSE names more than %d ports".formatted(MOST_PORTS));
        }
      }
    }
    stage.image.exposedPorts.addAll(shown);
    history("EXPOSE [" + String.join(" ", shown) + "]", false);
  }

  private void apply(Instruction.Volume volume) {
    var paths = volume.paths().stream().map(this::expand).toList();
    if (paths.contains("")) {
      throw BuildException.invalid("VOLUME specified can not be an empty string");
    }
    stage.image.volumes.addAll(paths);
    history("VOLUME [" + String.join(" ", paths) + "]", false);
  }

  private void apply(Instruction.StopSignal signal) {
    var text = expand(signal.signal());
    boolean known = Signals.isNumber(text) || Signals.isName(text);
    if (!known) {
      throw BuildException.invalid("invalid signal: " + text);
    }
    stage.image.stopSignal = text;
    history("STOPSIGNAL " + text, false);
  }
}
