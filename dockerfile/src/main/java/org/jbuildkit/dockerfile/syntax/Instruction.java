package org.jbuildkit.dockerfile.syntax;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/** One instruction, read but with variables not yet replaced. */
public sealed interface Instruction {

  /** Where it stands and what it looked like. */
  Line line();

  /** A name with a value, or without one where that is allowed. */
  record Pair(String name, Optional<String> value) {}

  /** The words of a command: a list, or one text for the shell. */
  record Command(List<String> words, boolean isShell) {
    public Command {
      words = List.copyOf(words);
    }
  }

  record From(Line line, String base, Optional<String> stage, String platform)
      implements Instruction {}

  record Arg(Line line, List<Pair> pairs) implements Instruction {}

  /**
   * @param isLegacy whether a blank stands where there should be an equals sign
   */
  record Env(Line line, List<Pair> pairs, boolean isLegacy) implements Instruction {}

  /**
   * @param isLegacy as for {@link Env}
   */
  record Label(Line line, List<Pair> pairs, boolean isLegacy) implements Instruction {}

  /**
   * @param mounts values of {@code --mount} as written
   * @param hasDevices whether devices are asked for
   */
  record Run(
      Line line,
      Command command,
      List<String> mounts,
      String network,
      String security,
      boolean hasDevices)
      implements Instruction {}

  /** COPY, or ADD where {@code isAdd}. */
  record Copy(Line line, boolean isAdd, List<String> arguments, CopyFlags flags)
      implements Instruction {}

  /** Flags of COPY and ADD; empty texts for those not given. */
  record CopyFlags(
      String from,
      String chown,
      String chmod,
      boolean link,
      boolean parents,
      List<String> exclude,
      String checksum,
      Optional<Boolean> keepGitDir,
      Optional<Boolean> unpack) {
    public CopyFlags {
      exclude = List.copyOf(exclude);
    }
  }

  record Workdir(Line line, String path) implements Instruction {}

  record User(Line line, String user) implements Instruction {}

  record Cmd(Line line, Command command) implements Instruction {}

  record Entrypoint(Line line, Command command) implements Instruction {}

  record Expose(Line line, List<String> ports) implements Instruction {}

  record Volume(Line line, List<String> paths) implements Instruction {}

  /**
   * @param config the image config's form
   * @param text the form in the image history
   */
  record Healthcheck(Line line, Json.Obj config, String text) implements Instruction {}

  record Shell(Line line, List<String> words) implements Instruction {}

  record StopSignal(Line line, String signal) implements Instruction {}

  record Onbuild(Line line, String text) implements Instruction {}

  record Maintainer(Line line, String name) implements Instruction {}
}
