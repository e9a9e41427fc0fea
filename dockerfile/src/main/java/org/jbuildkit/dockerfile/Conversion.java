package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.InstructionReader;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Suggestion;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.oci.Platform;

/** Turns a file's stages into vertices, for one platform. */
final class Conversion implements StageDispatch.Origins {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

  private final BuildScene scene;
  private final BaseImages images;
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, Stage> byName = new HashMap<>();
  private final Set<Stage> dispatching = new HashSet<>();

  Conversion(BuildScene scene, BaseImages images) {
    this.scene = scene;
    this.images = images;
  }

  /** The target stage, dispatched with all that it needs. */
  Stage convert(List<Line> lines) throws InterruptedException {
    var instructions = new ArrayList<Instruction>();
    for (var line : lines) {
      instructions.add(InstructionReader.read(line, scene.escape));
    }
    scene.arguments.automatic(scene.client.buildPlatform(), scene.target, targetName(instructions));
    for (var instruction : instructions) {
      register(instruction);
    }
    if (stages.isEmpty()) {
      throw BuildException.invalid("dockerfile contains no stages to build");
    }
    var target = target();
    refuseCycles();
    var needed = needed(target);
    for (var stage : stages) {
      if (needed.contains(stage)) {
        prepare(stage);
      }
    }
    scene.states = needed.size() + externalStates(needed);
    for (var stage : stages) {
      if (needed.contains(stage)) {
        dispatch(stage);
      }
    }
    finish(target);
    return target;
  }

  private String targetName(List<Instruction> instructions) {
    if (!scene.options.target().isEmpty()) {
      return scene.options.target();
    }
    var name = "default";
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.From from) {
        name = from.stage().orElse("default");
      }
    }
    return name;
  }

  // Stages and their order.

  private void register(Instruction instruction) {
    switch (instruction) {
      case Instruction.From from -> located(from.line(), () -> add(from));
      case Instruction.Arg arg when stages.isEmpty() -> located(arg.line(), () -> global(arg));
      default -> {
        if (stages.isEmpty()) {
          throw located(
              instruction.line(), BuildException.invalid("no build stage in current context"));
        }
        stages.getLast().instructions.add(instruction);
      }
    }
  }

  private String expandGlobal(String word) {
    return Words.expand(word, scene.escape, scene.arguments::global, Words.Style.WORD);
  }

  private void global(Instruction.Arg arg) {
    for (var pair : arg.pairs()) {
      var value = scene.arguments.given(pair.name()).or(() -> pair.value().map(this::expandGlobal));
      value.ifPresent(v -> scene.arguments.setGlobal(pair.name(), v));
    }
  }

  private void add(Instruction.From from) {
    var base = expandGlobal(from.base());
    if (base.isEmpty()) {
      throw BuildException.invalid("base name (" + from.base() + ") should not be blank");
    }
    var platform = scene.target;
    if (!from.platform().isEmpty()) {
      platform = platform(from.platform());
    }
    var stage =
        new Stage(
            from,
            stages.size(),
            base,
            Optional.ofNullable(byName.get(base)),
            platform,
            !from.platform().isEmpty());
    stages.add(stage);
    from.stage().ifPresent(name -> byName.put(name, stage));
  }

  private Platform platform(String text) {
    String expanded;
    try {
      expanded = expandGlobal(text);
    } catch (BuildException e) {
      throw e.within("failed to process arguments for platform ");
    }
    if (expanded.isEmpty()) {
      throw BuildException.invalid(
          "empty platform value from expression " + text + undeclared(text));
    }
    try {
      return Platform.parse(expanded);
    } catch (BuildException e) {
      throw BuildException.invalid(
          "failed to parse platform "
              + text
              + ": "
              + BuildException.describe(e)
              + undeclared(text));
    }
  }

  /** What the first variable of an expression that is not declared may have been meant to be. */
  private String undeclared(String expression) {
    var variables = VARIABLE.matcher(expression);
    while (variables.find()) {
      var name = variables.group(1);
      if (scene.arguments.global(name) == null) {
        return Suggestion.text(name, scene.arguments.names());
      }
    }
    return "";
  }

  private Stage target() {
    var name = scene.options.target();
    if (name.isEmpty()) {
      return stages.getLast();
    }
    var stage = byName.get(name.toLowerCase(Locale.ROOT));
    if (stage == null) {
      var names = stages.stream().map(Stage::displayName).toList();
      throw BuildException.invalid(
          "target stage \"%s\" could not be found".formatted(name) + Suggestion.text(name, names));
    }
    return stage;
  }

  private Set<Stage> needed(Stage target) {
    var needed = new LinkedHashSet<Stage>();
    var pending = new ArrayList<Stage>(List.of(target));
    while (!pending.isEmpty()) {
      var stage = pending.removeLast();
      if (needed.add(stage)) {
        stage.baseStage.ifPresent(pending::add);
        pending.addAll(sources(stage));
      }
    }
    return needed;
  }

  /** A name that an instruction takes from; only COPY counts stages. */
  private record Origin(String name, boolean allowsIndex) {}

  private static List<Origin> origins(Stage stage) {
    var origins = new ArrayList<Origin>();
    for (var instruction : stage.instructions) {
      switch (instruction) {
        case Instruction.Copy copy -> origins.add(new Origin(copy.flags().from(), true));
        case Instruction.Run run ->
            run.mounts().forEach(m -> origins.add(new Origin(RunMount.from(m), false)));
        default -> {}
      }
    }
    origins.removeIf(origin -> origin.name().isEmpty());
    return origins;
  }

  /** The stages that a stage's instructions take from. */
  private List<Stage> sources(Stage stage) {
    return origins(stage).stream()
        .flatMap(origin -> stage(origin.name(), origin.allowsIndex()).stream())
        .toList();
  }

  /** Drops stages whose needs are dropped already, until none is left or a cycle is. */
  private void refuseCycles() {
    var left = new LinkedHashMap<Stage, Set<Stage>>();
    for (var stage : stages) {
      var needs = new LinkedHashSet<>(sources(stage));
      stage.baseStage.ifPresent(needs::add);
      left.put(stage, needs);
    }
    boolean dropped = true;
    while (dropped) {
      dropped = left.entrySet().removeIf(e -> e.getValue().stream().noneMatch(left::containsKey));
    }
    if (left.isEmpty()) {
      return;
    }
    var walked = new HashSet<Stage>();
    var stage = left.firstEntry().getKey();
    while (walked.add(stage)) {
      var needs = left.getOrDefault(stage, Set.of());
      stage = needs.stream().filter(left::containsKey).findFirst().orElse(stage);
    }
    throw located(
        stage.from.line(),
        BuildException.invalid("circular dependency detected on stage: " + stage.displayName()));
  }

  private int externalStates(Set<Stage> needed) {
    int states = 0;
    for (var stage : needed) {
      for (var from : origins(stage)) {
        states += stage(from.name(), from.allowsIndex()).isEmpty() ? 1 : 0;
      }
      for (var instruction : stage.instructions) {
        if (instruction instanceof Instruction.Run run) {
          states += (int) run.mounts().stream().filter(m -> RunMount.from(m).isEmpty()).count();
        }
      }
    }
    return states;
  }

  private Optional<Stage> stage(String from, boolean allowsIndex) {
    if (allowsIndex && from.matches("[-+]?\\d{1,9}")) {
      int index = Integer.parseInt(from);
      if (index < 0 || index >= stages.size()) {
        throw BuildException.invalid("invalid stage index " + index);
      }
      return Optional.of(stages.get(index));
    }
    return Optional.ofNullable(byName.get(from.toLowerCase(Locale.ROOT)));
  }

  // Bases and dispatch.

  private void prepare(Stage stage) throws InterruptedException {
    boolean external = stage.baseStage.isEmpty() && !stage.base.equals("scratch");
    stage.steps = external ? 1 : 0;
    for (var instruction : stage.instructions) {
      boolean counts =
          switch (instruction) {
            case Instruction.Run _, Instruction.Copy _, Instruction.Workdir _ -> true;
            default -> false;
          };
      stage.steps += counts ? 1 : 0;
    }
  }

  private void dispatch(Stage stage) throws InterruptedException {
    if (!dispatching.add(stage)) {
      throw BuildException.invalid("circular dependency detected on stage: " + stage.displayName());
    }
    locatedWaiting(stage.from.line(), () -> base(stage));
    runTriggers(stage);
    var dispatch = new StageDispatch(scene, stage, this);
    for (var instruction : stage.instructions) {
      locatedWaiting(instruction.line(), () -> dispatch.apply(instruction));
    }
    stage.isDispatched = true;
  }

  private void base(Stage stage) throws InterruptedException {
    if (stage.baseStage.isPresent()) {
      inherit(stage, stage.baseStage.get());
    } else if (!stage.base.equals("scratch")) {
      images.use(scene, stage);
    }
    stage.environment.clear();
    stage.image.environment().forEach(stage::set);
    stage.baseStage.ifPresent(
        base -> base.environment.forEach((k, v) -> stage.environment.putIfAbsent(k, v)));
    stage.workingDir = stage.image.workingDir.isEmpty() ? "/" : stage.image.workingDir;
    stage.user = stage.image.user;
  }

  private static void inherit(Stage stage, Stage base) {
    stage.tree = base.tree;
    stage.onbuildLeft = base.image.onBuild.size();
    stage.image = base.image.copy();
    stage.baseConfig = base.baseConfig;
    stage.basePlatform = base.basePlatform;
    stage.arguments.putAll(base.arguments);
  }

  /** Triggers of the base come before the stage's own instructions. */
  private void runTriggers(Stage stage) {
    var texts = new ArrayList<String>();
    stage.baseStage.ifPresent(base -> texts.addAll(base.image.onBuild));
    if (stage.baseStage.isEmpty()) {
      texts.addAll(stage.image.onBuild);
      stage.image.onBuild.clear();
    }
    var from = stage.from.line();
    var triggers = new ArrayList<Instruction>();
    for (var text : texts) {
      try {
        var line = DockerfileParser.parseTrigger(text, from.firstLine(), from.lastLine());
        triggers.add(InstructionReader.read(line, '\\'));
      } catch (SyntaxException e) {
        var message = e.getMessage();
        throw located(
            from,
            BuildException.invalid(
                message == null
                    ? ""
                    : message.replaceFirst("^dockerfile parse error on line \\d+: ", "")));
      }
    }
    stage.steps += triggers.size();
    stage.instructions.addAll(0, triggers);
  }

  @Override
  public Optional<LlbEdge> find(Stage user, String from, boolean allowsIndex, List<String> paths)
      throws InterruptedException {
    var stage = stage(from, allowsIndex);
    if (stage.isEmpty()) {
      return images.tree(scene, user, from, paths);
    }
    if (!stage.get().isDispatched) {
      throw BuildException.invalid(
          "cannot copy from stage \"%s\", it needs to be defined before current stage \"%s\""
              .formatted(from, user.displayName()));
    }
    return stage.get().tree;
  }

  private void finish(Stage target) {
    scene
        .options
        .all()
        .forEach((key, value) -> {
          if (key.startsWith("label:")) {
            target.image.labels.put(key.substring("label:".length()), value);
          }
        });
    if (scene.options.hasPlatforms()) {
      target.image.platform(scene.target);
    }
    target.image.platform(target.image.platform().normalized());
  }

  // Errors get the place of the instruction that they arose from.

  private void located(Line line, Runnable body) {
    try {
      body.run();
    } catch (BuildException e) {
      throw located(line, e);
    }
  }

  @FunctionalInterface
  private interface WaitingBody {
    void run() throws InterruptedException;
  }

  private void locatedWaiting(Line line, WaitingBody body) throws InterruptedException {
    try {
      body.run();
    } catch (BuildException e) {
      throw located(line, e);
    }
  }

  private BuildException located(Line line, BuildException error) {
    boolean known = error.details().stream().anyMatch(ErrorDetail.Source.class::isInstance);
    return known ? error : error.withDetail(sourceDetail(line.firstLine(), line.lastLine()));
  }

  ErrorDetail sourceDetail(int first, int last) {
    var ranges = new ArrayList<ErrorDetail.Range>();
    for (int i = first; i <= last; i++) {
      ranges.add(ErrorDetail.Range.lines(i, i));
    }
    var text = scene.text;
    var definition = text.definition().map(d -> d.toByteArray()).orElse(new byte[0]);
    return new ErrorDetail.Source(
        text.filename(), text.language(), text.data(), definition, ranges);
  }

  /** A mistake in the text as an error with its place. */
  BuildException syntaxError(SyntaxException e) {
    var error = new BuildException(ErrorCode.UNKNOWN, BuildException.describe(e), e);
    return e.firstLine() == 0 ? error : error.withDetail(sourceDetail(e.firstLine(), e.lastLine()));
  }
}
