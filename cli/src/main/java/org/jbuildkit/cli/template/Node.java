package org.jbuildkit.cli.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.GoQuote;

/** A part of a parsed template; its {@link #shown} text is what messages quote. */
sealed interface Node {
  int position();

  record Literal(int position, String text) implements Node {}

  /** An action; nothing is printed for one that declares variables. */
  record Action(int position, Pipe pipe) implements Node {}

  record Block(int position, List<Node> nodes) implements Node {}

  enum BranchKind {
    IF,
    RANGE,
    WITH
  }

  record Branch(int position, BranchKind kind, Pipe pipe, Block then, Optional<Block> otherwise)
      implements Node {}

  record Break(int position) implements Node {}

  record Continue(int position) implements Node {}

  record Call(int position, String name, Optional<Pipe> pipe) implements Node {}

  /**
   * Commands, each of which takes the result of the one before.
   *
   * @param assigns whether the variables exist already
   */
  record Pipe(int position, boolean assigns, List<String> variables, List<Command> commands)
      implements Node {}

  record Command(int position, List<Node> arguments) implements Node {}

  record Identifier(int position, String name) implements Node {}

  record Variable(int position, String name, List<String> fields) implements Node {}

  record Fields(int position, List<String> names) implements Node {}

  record Chain(int position, Node node, List<String> fields) implements Node {}

  record Dot(int position) implements Node {}

  record NilWord(int position) implements Node {}

  record BoolWord(int position, boolean value) implements Node {}

  record Numeral(int position, String text, BigDecimal value, boolean isInteger) implements Node {}

  record Quoted(int position, String source, String text) implements Node {}

  /** The node in the language of templates. */
  default String shown() {
    return switch (this) {
      case Literal literal -> GoQuote.quote(literal.text());
      case Action action -> "{{" + action.pipe().shown() + "}}";
      case Block block -> String.join("", block.nodes().stream().map(Node::shown).toList());
      case Branch branch -> branch(branch);
      case Break _ -> "{{break}}";
      case Continue _ -> "{{continue}}";
      case Call call ->
          "{{template "
              + GoQuote.quote(call.name())
              + call.pipe().map(pipe -> " " + pipe.shown()).orElse("")
              + "}}";
      case Pipe pipe -> pipe(pipe);
      case Command command -> {
        var parts = command.arguments().stream().map(Node::argument).toList();
        yield String.join(" ", parts);
      }
      case Identifier identifier -> identifier.name();
      case Variable variable -> variable.name() + dotted(variable.fields());
      case Fields fields -> dotted(fields.names());
      case Chain chain -> argument(chain.node()) + dotted(chain.fields());
      case Dot _ -> ".";
      case NilWord _ -> "nil";
      case BoolWord word -> Boolean.toString(word.value());
      case Numeral number -> number.text();
      case Quoted quoted -> quoted.source();
    };
  }

  private static String argument(Node node) {
    return node instanceof Pipe ? "(" + node.shown() + ")" : node.shown();
  }

  private static String dotted(List<String> fields) {
    return String.join("", fields.stream().map(field -> "." + field).toList());
  }

  private static String pipe(Pipe pipe) {
    var commands = String.join(" | ", pipe.commands().stream().map(Node::shown).toList());
    return pipe.variables().isEmpty()
        ? commands
        : String.join(", ", pipe.variables()) + (pipe.assigns() ? " = " : " := ") + commands;
  }

  private static String branch(Branch branch) {
    var name =
        switch (branch.kind()) {
          case IF -> "if";
          case RANGE -> "range";
          case WITH -> "with";
        };
    var otherwise = branch.otherwise().map(block -> "{{else}}" + block.shown()).orElse("");
    return "{{"
        + name
        + " "
        + branch.pipe().shown()
        + "}}"
        + branch.then().shown()
        + otherwise
        + "{{end}}";
  }
}
