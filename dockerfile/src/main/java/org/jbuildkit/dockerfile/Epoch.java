package org.jbuildkit.dockerfile;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.dockerfile.syntax.Instruction;

/** The time that {@code SOURCE_DATE_EPOCH} asks for: a number, or the age of something. */
final class Epoch {
  private static final String NAME = "SOURCE_DATE_EPOCH";

  private Epoch() {}

  /**
   * Finds the time, and leaves the argument with it in seconds, or without a value if there is
   * none. Local directories have no age.
   *
   * @throws BuildException {@code invalid SOURCE_DATE_EPOCH: …}
   */
  static Optional<Instant> resolve(
      BuildScene scene, Places places, List<Instruction> instructions) {
    var arguments = scene.arguments;
    var text = arguments.given(NAME).or(() -> arguments.inherited(NAME).filter(v -> !v.isEmpty()));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var epoch =
        text.get().isEmpty()
            ? Optional.<Instant>empty()
            : parse(scene, places, text.get(), instructions);
    arguments.replace(NAME, epoch.map(e -> Long.toString(e.getEpochSecond())).orElse(""));
    return epoch;
  }

  private static Optional<Instant> parse(
      BuildScene scene, Places places, String text, List<Instruction> instructions) {
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException _) {
      // The text may name something.
    }
    if (text.equals("context")) {
      if (RemoteContext.isNamed(scene.options)) {
        throw unsupported(text);
      }
      return Optional.empty();
    }
    var named = NamedContexts.find(scene, text, scene.target);
    if (named.isPresent()) {
      if (named.get().value().matches("(?s)(git|https?|git@.*):.*")) {
        throw unsupported(text);
      }
      return Optional.empty();
    }
    stage(places, text, instructions);
    throw unsupported(text);
  }

  private static BuildException unsupported(String text) {
    return new BuildException(
        ErrorCode.UNIMPLEMENTED, "SOURCE_DATE_EPOCH of a remote source is not supported: " + text);
  }

  /** Checks that a stage is nothing but one remote source. */
  private static void stage(Places places, String name, List<Instruction> instructions) {
    Optional<Instruction.From> stage = Optional.empty();
    var body = new ArrayList<Instruction>();
    boolean inStage = false;
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.From from) {
        inStage = from.stage().filter(name::equalsIgnoreCase).isPresent();
        if (inStage) {
          stage = Optional.of(from);
          body.clear();
        }
      } else if (inStage) {
        body.add(instruction);
      }
    }
    if (stage.isEmpty()) {
      throw new BuildException(ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH: " + name);
    }
    try {
      checkSource(stage.get(), body);
    } catch (BuildException e) {
      throw places.at(stage.get().line(), e);
    }
  }

  private static void checkSource(Instruction.From from, List<Instruction> body) {
    if (!from.base().equals("scratch")) {
      throw BuildException.invalid("SOURCE_DATE_EPOCH stage must use FROM scratch");
    }
    Optional<Instruction.Copy> add = Optional.empty();
    for (var instruction : body) {
      switch (instruction) {
        case Instruction.Arg _ -> {}
        case Instruction.Copy copy when copy.isAdd() -> {
          if (add.isPresent()) {
            throw BuildException.invalid(
                "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
          }
          add = Optional.of(copy);
        }
        default ->
            throw BuildException.invalid(
                "SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported "
                    + instruction.line().keyword()
                    + " instruction");
      }
    }
    if (add.isEmpty()) {
      throw BuildException.invalid("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
    }
    var sources = add.get().arguments().subList(0, add.get().arguments().size() - 1);
    if (sources.size() != 1) {
      throw BuildException.invalid(
          "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source");
    }
    var source = sources.getFirst();
    if (!RemoteSource.isHttp(source) && !RemoteSource.isGit(source)) {
      throw BuildException.invalid(
          "SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD");
    }
  }
}
