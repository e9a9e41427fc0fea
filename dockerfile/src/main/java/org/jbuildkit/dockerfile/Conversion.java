package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.InstructionReader;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.llb.LlbEdge;

/** Turns a file's stages into vertices, for one platform. */
final class Conversion implements StageDispatch.Origins {
  private final BuildScene scene;
  private final ImageConfigs configs;
  private final BaseImages images;
  private final Places places;
  private final StageGraph graph;

  Conversion(BuildScene scene, ImageConfigs configs) {
    this.scene = scene;
    this.configs = configs;
    this.images = new BaseImages(configs);
    this.places = new Places(scene.text);
    this.graph = new StageGraph(scene.escape);
  }

  StageGraph graph() {
    return graph;
  }

  /** What is scanned of the target stage once it is dispatched. */
  SbomScanner.Subject subject(Stage target) {
    return ScanChoice.subject(scene, graph, target);
  }

  /** The target stage, dispatched with all that it needs. */
  Stage convert() throws InterruptedException {
    try {
      register(read());
      var target = graph.target(scene.options.target());
      graph.refuseCycles(places);
      scene.states = graph.states();
      var needed = resolve(target);
      scene.loadContext();
      scene.trace.begins(scene, graph, target, needed);
      for (var stage : graph.stages()) {
        if (needed.contains(stage) && !stage.isDispatched) {
          dispatch(stage);
        }
      }
      target.paths.add("/");
      graph.stages().forEach(stage -> scene.stagePaths.put(stage.index, stage.paths));
      finish(target);
      return target;
    } catch (SyntaxException e) {
      throw places.syntax(e);
    }
  }

  // Reading.

  private List<Instruction> read() {
    var checks = new FileChecks(scene.lint);
    var lines = scene.input.file().lines();
    checks.continuations(lines);
    var instructions = new ArrayList<Instruction>();
    boolean inStage = false;
    for (var line : lines) {
      checks.before(line);
      var instruction = InstructionReader.read(line, scene.escape);
      checks.after(instruction);
      inStage |= instruction instanceof Instruction.From;
      if (!inStage && !(instruction instanceof Instruction.Arg)) {
        throw places.at(line, BuildException.invalid("no build stage in current context"));
      }
      instructions.add(instruction);
    }
    if (!inStage) {
      throw BuildException.invalid("dockerfile contains no stages to build");
    }
    checks.stageNames(instructions);
    checks.casing(instructions);
    return instructions;
  }

  private void register(List<Instruction> instructions) throws InterruptedException {
    var arguments = scene.arguments;
    arguments.automatic(scene.client.buildPlatform(), scene.target, targetName(instructions));
    new FileChecks(scene.lint).defaultBases(instructions, arguments.withDefaults(), scene.escape);
    int first = 0;
    while (instructions.get(first) instanceof Instruction.Arg arg) {
      try {
        arguments.declare(arg, scene.escape);
      } catch (BuildException e) {
        throw places.at(arg.line(), e);
      }
      first++;
    }
    scene.epoch = Epoch.resolve(scene, configs, places, instructions);
    for (var instruction : instructions.subList(first, instructions.size())) {
      if (instruction instanceof Instruction.From from) {
        graph.add(new FromConversion(scene, places, from).convert(graph));
      } else {
        graph.stages().getLast().instructions.add(instruction);
      }
    }
    graph.stages().forEach(StepNames::count);
  }

  private String targetName(List<Instruction> instructions) {
    var name = scene.options.target();
    if (name.isEmpty()) {
      for (var instruction : instructions) {
        if (instruction instanceof Instruction.From from) {
          name = from.stage().orElse("default");
        }
      }
    }
    return name;
  }

  // Bases.

  /** Finds all bases; triggers may need more stages, whose bases are found next. */
  private Set<Stage> resolve(Stage target) throws InterruptedException {
    while (true) {
      var reached = graph.needed(target);
      var needed = scene.input.allStages() ? Set.copyOf(graph.stages()) : reached;
      for (var stage : graph.stages()) {
        if (stage.baseStage.isEmpty() && !stage.isResolved && !stage.isEmptyBased()) {
          places.during(stage.from.line(), () -> BaseImages.parse(stage.base));
        }
      }
      graph.checkImages(places);
      images.fetch(scene, wanted(needed));
      for (var stage : graph.stages()) {
        places.during(stage.from.line(), () -> base(stage, needed.contains(stage)));
      }
      origins(needed);
      boolean isComplete = true;
      for (var stage : graph.stages()) {
        // Triggers of other stages are not looked at even where all stages are.
        isComplete &= !reached.contains(stage) || !takeTriggers(stage);
      }
      if (isComplete) {
        return needed;
      }
    }
  }

  /** Images that instructions take from are found before any instruction is looked at. */
  private void origins(Set<Stage> needed) throws InterruptedException {
    for (var stage : graph.stages()) {
      if (needed.contains(stage)) {
        for (var origin : graph.images(stage)) {
          origin(origin);
        }
      }
    }
  }

  private void origin(StageGraph.Origin origin) throws InterruptedException {
    if (origin.allowsIndex()) {
      places.during(origin.line(), () -> images.check(scene, origin.name(), graph::names));
      return;
    }
    try {
      images.check(scene, origin.name(), graph::names);
    } catch (BuildException e) {
      throw places.nowhere(e);
    }
  }

  private List<BaseImages.Wanted> wanted(Set<Stage> needed) {
    var wanted = new ArrayList<BaseImages.Wanted>();
    for (var stage : graph.stages()) {
      if (needed.contains(stage)) {
        boolean hasImage =
            stage.baseStage.isEmpty() && stage.named.isEmpty() && !stage.isEmptyBased();
        if (hasImage && !stage.isResolved) {
          wanted.add(new BaseImages.Wanted(stage.base, stage.platform));
        }
        graph
            .images(stage)
            .forEach(origin -> wanted.add(new BaseImages.Wanted(origin.name(), scene.target)));
      }
    }
    return wanted;
  }

  private void base(Stage stage, boolean isNeeded) throws InterruptedException {
    if (stage.baseStage.isPresent() || stage.isResolved) {
      return;
    }
    stage.isResolved = isNeeded;
    if (stage.isEmptyBased()) {
      stage.platform = scene.target;
      stage.image = ImageSpec.empty(scene.target);
      return;
    }
    if (!isNeeded) {
      StepNames.skip(stage); // upstream names the step, and again if a trigger needs the stage
      return;
    }
    if (stage.named.isPresent()) {
      images.replace(scene, stage, stage.named.get());
    } else {
      images.use(scene, stage, graph::names);
    }
  }

  /**
   * Triggers of the base come before the stage's own instructions.
   *
   * @return whether the stage now takes from others than before
   */
  private boolean takeTriggers(Stage stage) {
    if (stage.tookTriggers || stage.isDispatched) {
      return false;
    }
    stage.tookTriggers = true;
    var texts = new ArrayList<String>();
    if (stage.baseStage.isPresent()) {
      for (var instruction : stage.baseStage.get().instructions) {
        if (instruction instanceof Instruction.Onbuild onbuild) {
          texts.add(onbuild.text());
        }
      }
    } else {
      texts.addAll(stage.image.onBuild);
      stage.image.onBuild.clear();
    }
    int before = graph.needs(stage).size();
    var triggers = texts.stream().map(text -> trigger(stage, text)).toList();
    stage.instructions.addAll(0, triggers);
    stage.triggers = triggers.size();
    stage.steps += triggers.size();
    return graph.needs(stage).size() > before;
  }

  private Instruction trigger(Stage stage, String text) {
    var from = stage.from.line();
    try {
      var line = DockerfileParser.parseTrigger(text, from.firstLine(), from.lastLine());
      return InstructionReader.read(line, '\\');
    } catch (SyntaxException e) {
      var message = BuildException.describe(e);
      throw places.at(
          from,
          BuildException.invalid(
              message.replaceFirst("^dockerfile parse error on line \\d+: ", "")));
    }
  }

  // Dispatch.

  private void dispatch(Stage stage) throws InterruptedException {
    stage.baseStage.ifPresent(base -> inherit(stage, base));
    stage.environment.clear();
    stage.baseStage.ifPresent(base -> stage.environment.putAll(base.environment));
    stage.image.completePath();
    stage.image.environment().forEach(stage::set);
    var directory = stage.image.workingDir.isEmpty() ? "/" : stage.image.workingDir;
    stage.workingDir =
        stage.isWindows() ? WindowsPaths.workingDirectory("/", directory) : directory;
    stage.user = stage.image.user;
    stage.isDispatched = true;
    var dispatch = new StageDispatch(scene, stage, this);
    for (int i = 0; i < stage.instructions.size(); i++) {
      var instruction = stage.instructions.get(i);
      stage.isOnTrigger = i < stage.triggers;
      var before = stage.tree;
      places.during(instruction.line(), () -> dispatch.apply(instruction));
      scene.trace.applied(stage, instruction, before);
    }
  }

  private static void inherit(Stage stage, Stage base) {
    stage.tree = base.tree;
    stage.treePlatform = base.treePlatform;
    stage.platform = base.platform;
    stage.image = base.image.copy();
    stage.baseConfig = base.baseConfig;
    stage.paths = base.paths;
    stage.hasWorkdir = base.hasWorkdir;
    stage.arguments.putAll(base.arguments);
    stage.scans.putAll(base.scans);
  }

  @Override
  public Optional<LlbEdge> find(
      Optional<Line> place, String from, boolean allowsIndex, List<String> paths)
      throws InterruptedException {
    var found = graph.find(from, allowsIndex);
    if (found.isEmpty()) {
      return images.tree(scene, place, from, paths);
    }
    found.get().paths.addAll(paths);
    return found.get().tree;
  }

  @Override
  public boolean isReady(String from, boolean allowsIndex) {
    return graph.find(from, allowsIndex).map(stage -> stage.isDispatched).orElse(true);
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
    scene.lint.failIfAsked();
    if (scene.options.hasPlatforms()) {
      target.image.retarget(scene.target);
    }
    target.image.platform(target.image.platform().normalized());
  }
}
