package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.oci.Platform;

/** One stage of a file: what stands there, and what became of it. */
final class Stage {
  final Instruction.From from;
  final int index;
  final String base;
  final Optional<Stage> baseStage;
  final Optional<NamedContexts.Named> named;
  final boolean hasPlatform;
  final List<Instruction> instructions = new ArrayList<>();

  /** How many instructions at the front come from triggers. */
  int triggers;

  boolean isResolved;
  boolean tookTriggers;
  boolean isDispatched;

  /** The tree so far; nothing is the empty one. */
  Optional<LlbEdge> tree = Optional.empty();

  /** Platform of the tree's source; nothing for the empty tree. */
  Optional<Platform> treePlatform = Optional.empty();

  Platform platform;
  ImageSpec image;

  /** Variables in the order in which they were set last. */
  final Map<String, String> environment = new LinkedHashMap<>();

  /** Names of arguments in the order of their declaration, with their last values if any. */
  final Map<String, Optional<String>> arguments = new LinkedHashMap<>();

  /** What is used of the stage's base, shared with stages that start from this one. */
  SortedSet<String> paths = new TreeSet<>();

  /** What the stage and those that it starts from say of scans, by the argument's name. */
  final Map<String, String> scans = new HashMap<>();

  final ParameterUse parameters;
  Optional<byte[]> baseConfig = Optional.empty();
  String workingDir = "/";
  String user = "";
  boolean hasWorkdir;
  Optional<Line> cmd = Optional.empty();
  Optional<Line> entrypoint = Optional.empty();
  Optional<Line> healthcheck = Optional.empty();
  int steps;
  int step;
  boolean isOnTrigger;

  /**
   * @param base the image or stage that FROM names, variables replaced
   * @param platform what FROM asks for, if it does
   * @param named the context that stands in for this stage
   */
  Stage(
      Instruction.From from,
      int index,
      String base,
      Optional<Stage> baseStage,
      Optional<Platform> platform,
      Platform target,
      Optional<NamedContexts.Named> named,
      ParameterUse parameters) {
    this.from = from;
    this.index = index;
    this.base = base;
    this.baseStage = named.isPresent() ? Optional.empty() : baseStage;
    this.named = named;
    this.hasPlatform = platform.isPresent();
    this.platform = platform.orElse(target);
    this.image = ImageSpec.empty(this.platform);
    this.parameters = parameters;
  }

  /** Whether the stage starts from nothing. */
  boolean isEmptyBased() {
    return base.equals("scratch") && baseStage.isEmpty() && named.isEmpty();
  }

  /** Whether what is built is for Windows. */
  boolean isWindows() {
    return platform.os().equals("windows");
  }

  /** The name given, or one made from the place in the file. */
  String displayName() {
    return from.stage().orElse("stage-" + index);
  }

  void set(String name, String value) {
    set(environment, name, value);
  }

  /** What is set last stands last. */
  static void set(Map<String, String> variables, String name, String value) {
    variables.remove(name);
    variables.put(name, value);
  }
}
