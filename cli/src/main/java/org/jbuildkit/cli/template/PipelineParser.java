package org.jbuildkit.cli.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.cli.template.Token.Kind;

/** Reads what stands in actions: declarations, commands and their operands. */
final class PipelineParser {
  private final TokenReader tokens;
  private final Set<String> functions;
  private List<String> variables = new ArrayList<>(List.of("$"));

  PipelineParser(TokenReader tokens, Set<String> functions) {
    this.tokens = tokens;
    this.functions = functions;
  }

  /** Makes these the only variables known; the result is those known before. */
  List<String> replaceVariables(List<String> names) {
    var before = variables;
    variables = new ArrayList<>(names);
    return before;
  }

  int scope() {
    return variables.size();
  }

  /** Forgets variables declared since. */
  void leave(int scope) {
    variables.subList(scope, variables.size()).clear();
  }

  Node.Pipe pipeline(String context, Kind end) {
    int position = tokens.peekWord().position();
    var declared = new ArrayList<String>();
    boolean assigns = declarations(context, declared);
    var commands = new ArrayList<Node.Command>();
    while (true) {
      var token = tokens.peekWord();
      switch (token.kind()) {
        case BOOL, CHARACTER, DOT, FIELD, IDENTIFIER, NUMBER, STRING, VARIABLE, LEFT_PAREN ->
            commands.add(command());
        default -> {
          if (token.is(end)) {
            tokens.nextWord();
            check(commands, context);
            return new Node.Pipe(position, assigns, declared, commands);
          }
          if (!token.isKeyword("nil")) {
            throw tokens.unexpected(tokens.nextWord(), context);
          }
          commands.add(command());
        }
      }
    }
  }

  private boolean declarations(String context, List<String> declared) {
    while (tokens.peekWord().is(Kind.VARIABLE)) {
      var variable = tokens.peekWord();
      var next = tokens.second();
      if (next.is(Kind.DECLARE) || next.is(Kind.ASSIGN)) {
        tokens.nextWord();
        tokens.nextWord();
        declared.add(variable.text());
        if (next.is(Kind.DECLARE)) {
          variables.addAll(declared);
        } else {
          declared.forEach(this::requireKnown);
        }
        return next.is(Kind.ASSIGN);
      }
      if (!next.is(Kind.COMMA)) {
        return false;
      }
      tokens.nextWord();
      tokens.nextWord();
      declared.add(variable.text());
      if (!context.equals("range") || declared.size() > 1) {
        throw tokens.error("too many declarations in " + context);
      }
      if (!tokens.peekWord().is(Kind.VARIABLE)) {
        throw tokens.error("range can only initialize variables");
      }
    }
    return false;
  }

  private void requireKnown(String variable) {
    if (!variables.contains(variable)) {
      throw tokens.error("undefined variable " + GoQuote.quote(variable));
    }
  }

  private void check(List<Node.Command> commands, String context) {
    if (commands.isEmpty()) {
      throw tokens.error("missing value for " + context);
    }
    for (int i = 1; i < commands.size(); i++) {
      switch (commands.get(i).arguments().getFirst()) {
        case Node.BoolWord _, Node.Dot _, Node.NilWord _, Node.Numeral _, Node.Quoted _ ->
            throw tokens.error("non executable command in pipeline stage " + (i + 1));
        default -> {}
      }
    }
  }

  private Node.Command command() {
    int position = tokens.peekWord().position();
    var arguments = new ArrayList<Node>();
    while (true) {
      tokens.peekWord();
      operand().ifPresent(arguments::add);
      var token = tokens.next();
      if (token.is(Kind.SPACE)) {
        continue;
      }
      if (token.is(Kind.RIGHT) || token.is(Kind.RIGHT_PAREN)) {
        tokens.back();
      } else if (!token.is(Kind.PIPE)) {
        throw tokens.unexpected(token, "operand");
      }
      break;
    }
    if (arguments.isEmpty()) {
      throw tokens.error("empty command");
    }
    return new Node.Command(position, arguments);
  }

  private Optional<Node> operand() {
    var term = term();
    if (term.isEmpty() || !tokens.peek().is(Kind.FIELD)) {
      return term;
    }
    int position = tokens.peek().position();
    var fields = new ArrayList<String>();
    while (tokens.peek().is(Kind.FIELD)) {
      fields.add(tokens.next().text().substring(1));
    }
    return Optional.of(
        switch (term.get()) {
          case Node.Fields first -> {
            fields.addAll(0, first.names());
            yield new Node.Fields(position, fields);
          }
          case Node.Variable variable -> new Node.Variable(position, variable.name(), fields);
          case Node.BoolWord _, Node.Quoted _, Node.Numeral _, Node.NilWord _, Node.Dot _ ->
              throw tokens.error("unexpected . after term " + GoQuote.quote(term.get().shown()));
          default -> new Node.Chain(position, term.get(), fields);
        });
  }

  private Optional<Node> term() {
    var token = tokens.nextWord();
    int position = token.position();
    return switch (token.kind()) {
      case IDENTIFIER -> {
        if (!functions.contains(token.text())) {
          throw tokens.error("function " + GoQuote.quote(token.text()) + " not defined");
        }
        yield Optional.of(new Node.Identifier(position, token.text()));
      }
      case DOT -> Optional.of(new Node.Dot(position));
      case VARIABLE -> {
        requireKnown(token.text());
        yield Optional.of(new Node.Variable(position, token.text(), List.of()));
      }
      case FIELD -> Optional.of(new Node.Fields(position, List.of(token.text().substring(1))));
      case BOOL -> Optional.of(new Node.BoolWord(position, token.text().equals("true")));
      case CHARACTER, NUMBER -> Optional.of(number(token));
      case LEFT_PAREN -> Optional.of(pipeline("parenthesized pipeline", Kind.RIGHT_PAREN));
      case STRING -> Optional.of(new Node.Quoted(position, token.text(), tokens.unquote(token)));
      default -> {
        if (token.isKeyword("nil")) {
          yield Optional.of(new Node.NilWord(position));
        }
        tokens.back();
        yield Optional.empty();
      }
    };
  }

  private Node number(Token token) {
    try {
      return token.is(Kind.CHARACTER) ? NumberText.character(token) : NumberText.number(token);
    } catch (IllegalArgumentException _) {
      throw tokens.error("bad number syntax: " + GoQuote.quote(token.text()));
    }
  }
}
