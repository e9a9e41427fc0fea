package org.jbuildkit.cli.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.cli.template.Node.BranchKind;
import org.jbuildkit.cli.template.Token.Kind;

/** Reads a template: text, actions and the blocks between them. */
final class Parser {
  private final String name;
  private final TokenReader tokens;
  private final PipelineParser pipelines;
  private final Map<String, Node.Block> templates = new HashMap<>();
  private int rangeDepth;

  private Parser(String name, String text, Set<String> functions) {
    this.name = name;
    this.tokens = new TokenReader(name, Lexer.tokens(text));
    this.pipelines = new PipelineParser(tokens, functions);
  }

  /** All templates that the text defines, with itself under its own name. */
  static Map<String, Node.Block> parse(String name, String text, Set<String> functions) {
    var parser = new Parser(name, text, functions);
    parser.main();
    return parser.templates;
  }

  /** How a list of nodes ended. */
  private enum End {
    END,
    ELSE
  }

  private record Body(Node.Block block, End end) {}

  private void main() {
    var nodes = new ArrayList<Node>();
    int start = tokens.peek().position();
    while (!tokens.peek().is(Kind.EOF)) {
      if (tokens.peek().is(Kind.LEFT) && tokens.isAfterLeft("define")) {
        tokens.next();
        tokens.nextWord();
        definition();
        continue;
      }
      var node = textOrAction();
      if (node.end.isPresent()) {
        throw tokens.error("unexpected {{" + (node.end.get() == End.END ? "end" : "else") + "}}");
      }
      node.node.ifPresent(nodes::add);
    }
    add(name, new Node.Block(start, nodes));
  }

  private void add(String template, Node.Block block) {
    var before = templates.get(template);
    if (before == null || isEmpty(before)) {
      templates.put(template, block);
    } else if (!isEmpty(block)) {
      throw tokens.error("template: multiple definition of template " + GoQuote.quote(template));
    }
  }

  private static boolean isEmpty(Node.Block block) {
    return block.nodes().stream()
        .allMatch(node -> node instanceof Node.Literal literal && literal.text().isBlank());
  }

  private void definition() {
    var context = "define clause";
    var template = templateName(context);
    tokens.expect(Kind.RIGHT, context);
    add(template, ownBody(context));
  }

  /** A body with variables of its own, up to its end. */
  private Node.Block ownBody(String context) {
    var outer = pipelines.replaceVariables(List.of("$"));
    int depth = rangeDepth;
    rangeDepth = 0;
    var body = body();
    if (body.end != End.END) {
      throw tokens.error("unexpected {{else}} in " + context);
    }
    rangeDepth = depth;
    var _ = pipelines.replaceVariables(outer);
    return body.block;
  }

  private String templateName(String context) {
    var token = tokens.nextWord();
    if (!token.is(Kind.STRING)) {
      throw tokens.unexpected(token, context);
    }
    return tokens.unquote(token);
  }

  private record Parsed(Optional<Node> node, Optional<End> end) {
    static Parsed of(Node node) {
      return new Parsed(Optional.of(node), Optional.empty());
    }
  }

  private Parsed textOrAction() {
    var token = tokens.nextWord();
    return switch (token.kind()) {
      case TEXT -> Parsed.of(new Node.Literal(token.position(), token.text()));
      case LEFT -> action();
      default -> throw tokens.unexpected(token, "input");
    };
  }

  private Body body() {
    var nodes = new ArrayList<Node>();
    int start = tokens.peek().position();
    while (!tokens.peekWord().is(Kind.EOF)) {
      var node = textOrAction();
      if (node.end.isPresent()) {
        return new Body(new Node.Block(start, nodes), node.end.get());
      }
      node.node.ifPresent(nodes::add);
    }
    throw tokens.error("unexpected EOF");
  }

  private Parsed action() {
    var token = tokens.nextWord();
    if (token.is(Kind.KEYWORD)) {
      switch (token.text()) {
        case "if" -> {
          return Parsed.of(branch(BranchKind.IF, "if"));
        }
        case "range" -> {
          return Parsed.of(branch(BranchKind.RANGE, "range"));
        }
        case "with" -> {
          return Parsed.of(branch(BranchKind.WITH, "with"));
        }
        case "block" -> {
          return Parsed.of(block());
        }
        case "template" -> {
          return Parsed.of(call());
        }
        case "break", "continue" -> {
          return Parsed.of(jump(token));
        }
        case "end" -> {
          tokens.expect(Kind.RIGHT, "end");
          return new Parsed(Optional.empty(), Optional.of(End.END));
        }
        case "else" -> {
          return otherwise();
        }
        default -> {}
      }
    }
    tokens.back();
    int position = tokens.peek().position();
    return Parsed.of(new Node.Action(position, pipelines.pipeline("command", Kind.RIGHT)));
  }

  private Parsed otherwise() {
    var next = tokens.peekWord();
    if (!next.isKeyword("if") && !next.isKeyword("with")) {
      tokens.expect(Kind.RIGHT, "else");
    }
    return new Parsed(Optional.empty(), Optional.of(End.ELSE));
  }

  private Node jump(Token token) {
    var next = tokens.nextWord();
    var shown = "{{" + token.text() + "}}";
    if (!next.is(Kind.RIGHT)) {
      throw tokens.unexpected(next, shown);
    }
    if (rangeDepth == 0) {
      throw tokens.error(shown + " outside {{range}}");
    }
    return token.text().equals("break")
        ? new Node.Break(token.position())
        : new Node.Continue(token.position());
  }

  private Node branch(BranchKind kind, String context) {
    int position = tokens.peekWord().position();
    int scope = pipelines.scope();
    var pipe = pipelines.pipeline(context, Kind.RIGHT);
    rangeDepth += kind == BranchKind.RANGE ? 1 : 0;
    var then = body();
    rangeDepth -= kind == BranchKind.RANGE ? 1 : 0;
    Optional<Node.Block> otherwise = Optional.empty();
    if (then.end == End.ELSE) {
      var next = tokens.peekWord();
      if (kind != BranchKind.RANGE && next.isKeyword(context)) {
        tokens.nextWord();
        int start = next.position();
        otherwise = Optional.of(new Node.Block(start, List.of(branch(kind, context))));
      } else if (next.is(Kind.KEYWORD)) {
        throw tokens.unexpected(tokens.nextWord(), "else");
      } else {
        var rest = body();
        if (rest.end != End.END) {
          throw tokens.error("expected end; found {{else}}");
        }
        otherwise = Optional.of(rest.block);
      }
    }
    pipelines.leave(scope);
    return new Node.Branch(position, kind, pipe, then.block, otherwise);
  }

  private Node block() {
    var context = "block clause";
    int position = tokens.peekWord().position();
    var template = templateName(context);
    var pipe = pipelines.pipeline(context, Kind.RIGHT);
    add(template, ownBody(context));
    return new Node.Call(position, template, Optional.of(pipe));
  }

  private Node call() {
    var context = "template clause";
    int position = tokens.peekWord().position();
    var template = templateName(context);
    if (tokens.peekWord().is(Kind.RIGHT)) {
      tokens.nextWord();
      return new Node.Call(position, template, Optional.empty());
    }
    return new Node.Call(position, template, Optional.of(pipelines.pipeline(context, Kind.RIGHT)));
  }
}
