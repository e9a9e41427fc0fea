package org.jbuildkit.dockerfile;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.lint.Rule;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.oci.ImageReference;

/** Checks of a file as it is written, before anything of it is evaluated. */
final class FileChecks {
  private static final Set<String> RESERVED = Set.of("scratch", "context");

  private final Linter lint;

  FileChecks(Linter lint) {
    this.lint = lint;
  }

  void continuations(List<Line> lines) {
    for (var line : lines) {
      if (line.spansEmptyLine()) {
        int last = line.lastInstructionLine();
        lint.report(Rule.NO_EMPTY_CONTINUATION, List.of(ErrorDetail.Range.lines(last, last)));
      }
    }
  }

  /** Checks that need no understanding of the line, and come even if it has mistakes. */
  void before(Line line) {
    var own = lint.with(line.comments());
    switch (line.keyword().toUpperCase(Locale.ROOT)) {
      case "MAINTAINER" -> own.report(Rule.MAINTAINER_DEPRECATED, line.ranges());
      case "FROM" -> {
        var words = line.rest().split("[\t\u000b\f\r ]+", -1);
        if (words.length == 3) {
          stageName(own, line, words[2]);
        }
        if (words.length >= 3) {
          as(own, line, words[1]);
        }
      }
      default -> {}
    }
  }

  private static void stageName(Linter own, Line line, String name) {
    if (!isLower(name)) {
      own.report(Rule.STAGE_NAME_CASING, line.ranges(), name);
    }
  }

  private static void as(Linter own, Line line, String as) {
    var from = line.keyword();
    boolean differs = (isLower(from) && !isLower(as)) || (isUpper(from) && !isUpper(as));
    if (differs) {
      own.report(Rule.FROM_AS_CASING, line.ranges(), as, from);
    }
  }

  private static boolean isLower(String text) {
    return text.equals(text.toLowerCase(Locale.ROOT));
  }

  private static boolean isUpper(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT));
  }

  /** Checks of comments that should describe what an instruction names. */
  void after(Instruction instruction) {
    switch (instruction) {
      case Instruction.From from ->
          from.stage().ifPresent(name -> description("FROM", from.line(), List.of(name)));
      case Instruction.Arg arg ->
          description("ARG", arg.line(), arg.pairs().stream().map(Instruction.Pair::name).toList());
      default -> {}
    }
  }

  private void description(String keyword, Line line, List<String> names) {
    var comments = line.comments();
    if (comments.isEmpty() || names.contains(comments.getLast().split(" ", 2)[0])) {
      return;
    }
    lint.with(comments)
        .report(
            Rule.INVALID_DEFINITION_DESCRIPTION,
            line.ranges(),
            keyword,
            names.size() > 1 ? "<arg_key>" : names.getFirst());
  }

  void stageNames(List<Instruction> instructions) {
    var known = new HashSet<String>();
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.From from && from.stage().isPresent()) {
        var name = from.stage().get();
        if (RESERVED.contains(name)) {
          lint.report(Rule.RESERVED_STAGE_NAME, from.line().ranges(), name);
        }
        if (!known.add(name)) {
          lint.report(Rule.DUPLICATE_STAGE_NAME, from.line().ranges(), name);
        }
      }
    }
  }

  /** Keywords from the first FROM on are to be written like most of them. */
  void casing(List<Instruction> instructions) {
    var lines =
        instructions.stream()
            .map(Instruction::line)
            .dropWhile(line -> line.keyword().equalsIgnoreCase("ARG"))
            .toList();
    long lower = lines.stream().filter(line -> isLower(line.keyword())).count();
    long upper = lines.stream().filter(line -> isUpper(line.keyword())).count();
    boolean isLowerUsual = lower > upper;
    for (var line : lines) {
      var keyword = line.keyword();
      if (isLowerUsual ? !isLower(keyword) : !isUpper(keyword)) {
        lint.report(
            Rule.CONSISTENT_INSTRUCTION_CASING,
            line.ranges(),
            keyword,
            isLowerUsual ? "lowercase" : "uppercase");
      }
    }
  }

  /**
   * Image names should be valid even if the user gives no arguments.
   *
   * @param defaults the automatic arguments
   */
  void defaultBases(List<Instruction> instructions, BuildArguments defaults, char escape) {
    try {
      instructions.stream()
          .takeWhile(Instruction.Arg.class::isInstance)
          .forEach(arg -> defaults.declare((Instruction.Arg) arg, escape));
      for (var instruction : instructions) {
        if (instruction instanceof Instruction.From from) {
          var name = Words.expand(from.base(), escape, defaults.lookup(), Words.Style.WORD);
          if (ImageReference.tryParse(name).isEmpty()) {
            lint.report(Rule.INVALID_DEFAULT_ARG_IN_FROM, from.line().ranges(), from.base());
          }
        }
      }
    } catch (BuildException _) {
      // The conversion tells of it.
    }
  }
}
