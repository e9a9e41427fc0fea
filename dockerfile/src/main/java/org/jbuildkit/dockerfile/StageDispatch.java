package org.jbuildkit.dockerfile;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;

/** Applies a stage's instructions to its tree and its image config. */
final class StageDispatch {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final BuildScene scene;
  private final Stage stage;
  private final StepNames names;
  private final Origins origins;

  /** Finds trees that instructions of a stage take from. */
  interface Origins {
    /**
     * The tree of a stage or image; empty inside for the empty tree.
     *
     * @param allowsIndex whether a number stands for a stage's place
     * @param paths what is used of the tree, absolute and clean
     */
    Optional<LlbEdge> find(Stage user, String from, boolean allowsIndex, List<String> paths)
        throws InterruptedException;
  }

  StageDispatch(BuildScene scene, Stage stage, Origins origins) {
    this.scene = scene;
    this.stage = stage;
    this.names = new StepNames(scene);
    this.origins = origins;
  }

  private String expand(String word) {
    return Words.expand(word, scene.escape, stage.environment::get, Words.Style.WORD);
  }

  void apply(Instruction instruction) throws InterruptedException {
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
    stage.image.addHistory(createdBy, hasLayer, scene.options.epoch().map(Object::toString));
  }

  private void apply(Instruction.Arg arg) {
    var texts = new ArrayList<String>();
    for (var pair : arg.pairs()) {
      var given = scene.arguments.given(pair.name());
      var own = given.isPresent() ? Optional.<String>empty() : pair.value().map(this::expand);
      var value = given.or(() -> own).or(() -> scene.arguments.inherited(pair.name()));
      value.ifPresent(v -> stage.set(pair.name(), v));
      stage.arguments.remove(pair.name());
      stage.arguments.put(pair.name(), value);
      texts.add(pair.name() + value.map(v -> "=" + v).orElse(""));
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
      var value = pair.value().orElse("");
      stage.set(pair.name(), value);
      stage.image.setEnv(pair.name(), value);
    }
    history("ENV " + text(pairs), false);
  }

  private void apply(Instruction.Label label) {
    var pairs = expanded(label.pairs());
    pairs.forEach(pair -> stage.image.labels.put(pair.name(), pair.value().orElse("")));
    history("LABEL " + text(pairs), false);
  }

  private void apply(Instruction.Run run) throws InterruptedException {
    var mounts = RunMount.parseAll(run.mounts(), this::expand);
    var conversion = new RunConversion(scene, stage, run);
    var name =
        names.next(
            stage, names.text(stage, run.line(), true), Optional.of(stage.basePlatform.format()));
    var history = conversion.history(stage.arguments);
    new RunConversion(scene, stage, run)
        .append(mounts, (from, path) -> origins.find(stage, from, false, List.of(path)), name);
    history(history, true);
  }

  private void apply(Instruction.Copy copy) throws InterruptedException {
    var from = copy.flags().from();
    if (!expand(from).equals(from)) {
      throw BuildException.invalid(
          "variable expansion is not supported for --from, define a new stage with FROM using ARG"
              + " from global scope as a workaround");
    }
    Optional<Optional<LlbEdge>> origin =
        from.isEmpty()
            ? Optional.empty()
            : Optional.of(origins.find(stage, from, true, paths(copy)));
    var conversion = new CopyConversion(scene, stage, copy, this::expand);
    var name = names.next(stage, names.text(stage, copy.line(), false), Optional.empty());
    conversion.append(origin, name, randomId());
    history(conversion.history(), true);
  }

  private List<String> paths(Instruction.Copy copy) {
    return copy.arguments().subList(0, copy.arguments().size() - 1).stream()
        .map(source -> new ContainerPath(expand(source)).value())
        .toList();
  }

  private static String randomId() {
    var id = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      id.append("0123456789abcdefghijklmnopqrstuvwxyz".charAt(RANDOM.nextInt(36)));
    }
    return id.toString();
  }

  private void apply(Instruction.Workdir workdir) {
    var path = expand(workdir.path());
    if (!path.startsWith("/")) {
      var base = stage.workingDir.isEmpty() ? "/" : stage.workingDir;
      path = new ContainerPath(base + "/" + path).value();
    }
    stage.workingDir = path;
    stage.image.workingDir = path;
    var clean = new ContainerPath(path);
    if (!clean.isRoot()) {
      var name = names.next(stage, names.text(stage, workdir.line(), false), Optional.empty());
      makeDirectory(workdir, clean.value(), name);
    }
    history("WORKDIR " + path, !clean.isRoot());
  }

  private void makeDirectory(Instruction.Workdir workdir, String path, String name) {
    long time =
        scene.options.epoch().map(epoch -> epoch.getEpochSecond() * 1_000_000_000L).orElse(-1L);
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
    return command.isShell()
        ? RunConversion.shell(stage, command.words().getFirst())
        : command.words();
  }

  private static String quoted(List<String> words) {
    return words.stream().map(GoQuote::quote).collect(Collectors.joining(" ", "[", "]"));
  }

  private void apply(Instruction.Cmd cmd) {
    stage.image.cmd = words(cmd.command());
    stage.image.argsEscaped = true;
    stage.hasCmd = true;
    history("CMD " + quoted(stage.image.cmd), false);
  }

  private void apply(Instruction.Entrypoint entrypoint) {
    stage.image.entrypoint = words(entrypoint.command());
    if (!stage.hasCmd) {
      stage.image.cmd = List.of();
    }
    history("ENTRYPOINT " + quoted(stage.image.entrypoint), false);
  }

  private void apply(Instruction.Expose expose) {
    var shown = new ArrayList<String>();
    for (var item : expose.ports()) {
      for (var word : expand(item).split("\\s+", -1)) {
        if (!word.isEmpty()) {
          shown.addAll(Ports.parse(word));
        }
      }
    }
    stage.image.exposedPorts.addAll(shown);
    history(
        "EXPOSE [" + shown.stream().distinct().sorted().collect(Collectors.joining(" ")) + "]",
        false);
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
    boolean known = text.matches("-?[0-9]*[1-9][0-9]*") || Signals.isName(text);
    if (!known) {
      throw BuildException.invalid("invalid signal: " + text);
    }
    stage.image.stopSignal = text;
    history("STOPSIGNAL " + text, false);
  }
}
