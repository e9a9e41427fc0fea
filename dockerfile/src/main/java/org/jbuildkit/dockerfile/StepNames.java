package org.jbuildkit.dockerfile;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Heredoc;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.RawText;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.oci.Platform;

/** The names under which steps are shown: {@code [stage 2/5] RUN make}. */
final class StepNames {
  private final BuildScene scene;

  StepNames(BuildScene scene) {
    this.scene = scene;
  }

  /** Counts the steps that a stage has of itself. */
  static void count(Stage stage) {
    boolean hasImage = !stage.base.equals("scratch") && stage.baseStage.isEmpty();
    stage.steps = hasImage && stage.named.isEmpty() ? 1 : 0;
    for (var instruction : stage.instructions) {
      boolean counts =
          switch (instruction) {
            case Instruction.Run _, Instruction.Copy _, Instruction.Workdir _ -> true;
            default -> false;
          };
      stage.steps += counts ? 1 : 0;
    }
  }

  /** Counts a step of a stage that gets no name. */
  static void skip(Stage stage) {
    stage.step += stage.steps == 0 ? 0 : 1;
  }

  /**
   * The next step of a stage, with its instruction's text.
   *
   * @param platform what the step runs on; nothing in an empty tree
   * @param variables tell what the step builds for
   */
  String next(
      Stage stage, String text, Optional<Platform> platform, Map<String, String> variables) {
    if (stage.steps == 0) {
      return text;
    }
    skip(stage);
    return current(stage, text, platform, variables);
  }

  /** The same for another vertex of the step that was named last. */
  String current(
      Stage stage, String text, Optional<Platform> platform, Map<String, String> variables) {
    if (stage.steps == 0) {
      return text;
    }
    var prefix = new StringBuilder("[");
    if (scene.options.isMultiPlatform() && platform.isPresent()) {
      prefix
          .append(platform.get().formatAll())
          .append(CrossBuild.suffix(platform.get(), variables))
          .append(' ');
    }
    if (scene.states > 1) {
      prefix.append(stage.displayName()).append(' ');
    }
    var total = Integer.toString(stage.steps);
    var step = Integer.toString(stage.step);
    prefix
        .append(" ".repeat(Math.max(0, total.length() - step.length())))
        .append(step)
        .append('/')
        .append(total)
        .append("] ")
        .append(stage.isOnTrigger ? "ONBUILD " : "");
    return prefix + text;
  }

  /** The instruction's text with its keyword in upper case and variables replaced. */
  String text(Stage stage, Line line) {
    return shown(line.original(), stage.environment, Words.Style.WORD);
  }

  /** The text of a command, which keeps its quotes and the variables that are not set. */
  String command(Line line, Map<String, String> variables) {
    var text = line.original();
    if (isOnlyHeredoc(line)) {
      text += " (" + summary(line.heredocs().getFirst()) + ")";
    }
    return shown(text, variables, Words.Style.DISPLAY);
  }

  private String shown(String text, Map<String, String> variables, Words.Style style) {
    String replaced;
    try {
      replaced = Words.expand(text, scene.escape, new Lookup(variables), style);
    } catch (BuildException e) {
      replaced = text;
    }
    int space = replaced.indexOf(' ');
    return space < 0
        ? replaced.toUpperCase(Locale.ROOT)
        : replaced.substring(0, space).toUpperCase(Locale.ROOT) + replaced.substring(space);
  }

  /** Whether a document is all there is to an instruction. */
  static boolean isOnlyHeredoc(Line line) {
    return line.heredocs().size() == 1 && DockerfileParser.heredocMarker(line.rest()).isPresent();
  }

  private static String summary(Heredoc heredoc) {
    var lines = RawText.readable(heredoc.body()).replace("\r\n", "\n").trim().split("\n", -1);
    return lines[0] + (lines.length > 1 ? "..." : "");
  }
}
