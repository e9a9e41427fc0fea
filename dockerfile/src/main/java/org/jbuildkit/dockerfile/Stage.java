package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.oci.Platform;

/** One stage of a file: what stands there, and what became of it. */
final class Stage {
  final Instruction.From from;
  final int index;
  final String base;
  final Optional<Stage> baseStage;
  final Platform platform;
  final boolean hasPlatform;
  final List<Instruction> instructions = new ArrayList<>();

  /** The tree so far; nothing is the empty one. */
  Optional<LlbEdge> tree = Optional.empty();

  ImageSpec image;

  /** Variables in the order in which they were set last. */
  final Map<String, String> environment = new LinkedHashMap<>();

  /**
   * Names of arguments in the order of their declaration, with their values where they have one.
   */
  final Map<String, Optional<String>> arguments = new LinkedHashMap<>();

  Optional<byte[]> baseConfig = Optional.empty();
  Platform basePlatform;
  String workingDir = "/";
  String user = "";
  boolean isDispatched;
  boolean hasCmd;
  int steps;
  int step;
  int onbuildLeft;

  Stage(
      Instruction.From from,
      int index,
      String base,
      Optional<Stage> baseStage,
      Platform platform,
      boolean hasPlatform) {
    this.from = from;
    this.index = index;
    this.base = base;
    this.baseStage = baseStage;
    this.platform = platform;
    this.basePlatform = platform;
    this.hasPlatform = hasPlatform;
    this.image = ImageSpec.empty(platform);
  }

  /** The name given, or one made from the place in the file. */
  String displayName() {
    return from.stage().orElse("stage-" + index);
  }

  void set(String name, String value) {
    environment.remove(name);
    environment.put(name, value);
  }
}
