package org.jbuildkit.dockerfile;

import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.syntax.Heredoc;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Words;

/** The names under which steps are shown: {@code [stage 2/5] RUN make}. */
final class StepNames {
  private final BuildScene scene;

  StepNames(BuildScene scene) {
    this.scene = scene;
  }

  /** The next step of a stage, with its instruction's text. */
  String next(Stage stage, String text, Optional<String> platform) {
    if (stage.steps == 0) {
      return text;
    }
    stage.step++;
    var prefix = new StringBuilder("[");
    if (scene.options.isMultiPlatform()) {
      prefix.append(platform.orElse(stage.platform.format())).append(' ');
    }
    if (scene.states > 1) {
      prefix.append(stage.displayName()).append(' ');
    }
    var total = Integer.toString(stage.steps);
    prefix
        .append(" ".repeat(total.length() - Integer.toString(stage.step).length()))
        .append(stage.step)
        .append('/')
        .append(total)
        .append("] ");
    return prefix + text;
  }

  /** The instruction's text with its keyword in upper case and variables replaced. */
  String text(Stage stage, Line line, boolean isCommand) {
    var text = line.original();
    if (isCommand && line.heredocs().size() == 1 && isOnlyHeredoc(line)) {
      text += " (" + summary(line.heredocs().getFirst()) + ")";
    }
    int space = text.indexOf(' ');
    var keyword = space < 0 ? text : text.substring(0, space);
    var upper =
        keyword.toUpperCase(java.util.Locale.ROOT) + (space < 0 ? "" : text.substring(space));
    try {
      return Words.expand(
          upper,
          scene.escape,
          stage.environment::get,
          isCommand ? Words.Style.DISPLAY : Words.Style.WORD);
    } catch (BuildException e) {
      return upper;
    }
  }

  static boolean isOnlyHeredoc(Line line) {
    return Words.split(line.rest()).size() == 1;
  }

  private static String summary(Heredoc heredoc) {
    var lines = heredoc.content().trim().split("\n", -1);
    return lines[0] + (lines.length > 1 ? "..." : "");
  }
}
