package org.jbuildkit.cli.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.GoQuote;

/** Finds the values of pipelines, and keeps a template's variables. */
final class Evaluation {
  /** What a variable that holds no value is, as a receiver: an interface without one. */
  private static final String ANY = "interface {}";

  private record Variable(String name, Value value) {}

  private final Map<String, Function> functions;
  private final Failures failures;
  private final List<Variable> variables = new ArrayList<>();

  Evaluation(Map<String, Function> functions, Failures failures) {
    this.functions = functions;
    this.failures = failures;
  }

  void push(String name, Value value) {
    variables.add(new Variable(name, value));
  }

  int scope() {
    return variables.size();
  }

  void leave(int scope) {
    variables.subList(scope, variables.size()).clear();
  }

  /** Gives a range's variables their values for one step. */
  void setRange(Node.Pipe pipe, Value first, Value second) {
    var values = List.of(first, second);
    for (int i = 0; i < pipe.variables().size(); i++) {
      if (pipe.assigns()) {
        assign(pipe.variables().get(i), values.get(i));
      } else {
        push(pipe.variables().get(i), values.get(i));
      }
    }
  }

  private void assign(String name, Value value) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name.equals(name)) {
        variables.set(i, new Variable(name, value));
        return;
      }
    }
    throw failures.error("undefined variable: " + name);
  }

  private Value variable(String name) {
    for (var variable : variables.reversed()) {
      if (variable.name.equals(name)) {
        return variable.value;
      }
    }
    throw failures.error("undefined variable: " + name);
  }

  /** The value of a pipeline, which its variable gets too. */
  Value pipeline(Value dot, Node.Pipe pipe) {
    var value = undeclared(dot, pipe);
    if (!pipe.variables().isEmpty()) {
      var name = pipe.variables().getFirst();
      if (pipe.assigns()) {
        assign(name, value);
      } else {
        push(name, value);
      }
    }
    return value;
  }

  /** The value of a pipeline; its variables are left as they are. */
  Value undeclared(Value dot, Node.Pipe pipe) {
    failures.at(pipe);
    Optional<Value> last = Optional.empty();
    for (var command : pipe.commands()) {
      last = Optional.of(command(dot, command, last));
    }
    return last.orElse(Value.nil());
  }

  private Value command(Value dot, Node.Command command, Optional<Value> last) {
    var first = command.arguments().getFirst();
    var arguments = command.arguments();
    switch (first) {
      case Node.Fields fields -> {
        return fields(dot, fields, fields.names(), arguments, last);
      }
      case Node.Chain chain -> {
        return chain(dot, chain, arguments, last);
      }
      case Node.Variable variable -> {
        return variable(variable, arguments, last);
      }
      case Node.Identifier identifier -> {
        return function(dot, identifier, command, arguments, last);
      }
      default -> {}
    }
    failures.at(first);
    if (arguments.size() > 1 || last.isPresent()) {
      throw failures.error("can't give argument to non-function " + first.shown());
    }
    if (first instanceof Node.NilWord) {
      throw failures.error("nil is not a command");
    }
    return operand(dot, first);
  }

  /** The value of a node that stands as an argument. */
  private Value operand(Value dot, Node node) {
    failures.at(node);
    return switch (node) {
      case Node.Dot _ -> dot;
      case Node.NilWord _ -> Value.nil();
      case Node.BoolWord word -> Value.of(word.value());
      case Node.Quoted quoted -> Value.of(quoted.text());
      case Node.Numeral number ->
          number.isInteger()
              ? Value.of(number.value().longValue())
              : new Value.Decimal(number.value().doubleValue());
      case Node.Fields fields ->
          fields(dot, fields, fields.names(), List.of(node), Optional.empty());
      case Node.Variable variable -> variable(variable, List.of(node), Optional.empty());
      case Node.Pipe pipe -> pipeline(dot, pipe);
      case Node.Identifier identifier ->
          function(dot, identifier, identifier, List.of(node), Optional.empty());
      case Node.Chain chain -> chain(dot, chain, List.of(node), Optional.empty());
      default -> throw failures.error("can't handle " + node.shown());
    };
  }

  private Value chain(Value dot, Node.Chain chain, List<Node> arguments, Optional<Value> last) {
    failures.at(chain);
    if (chain.node() instanceof Node.NilWord) {
      throw failures.error("indirection through explicit nil in " + chain.shown());
    }
    var receiver = operand(dot, chain.node());
    return fields(receiver, chain, chain.fields(), arguments, last);
  }

  private Value variable(Node.Variable node, List<Node> arguments, Optional<Value> last) {
    failures.at(node);
    var value = variable(node.name());
    if (node.fields().isEmpty()) {
      if (arguments.size() > 1 || last.isPresent()) {
        throw failures.error("can't give argument to non-function " + node.shown());
      }
      return value;
    }
    return fields(value, node, node.fields(), arguments, last);
  }

  private Value fields(
      Value receiver, Node node, List<String> names, List<Node> arguments, Optional<Value> last) {
    failures.at(node);
    var value = receiver;
    for (int i = 0; i < names.size(); i++) {
      boolean given = i == names.size() - 1 && (arguments.size() > 1 || last.isPresent());
      value = field(value, names.get(i), given);
    }
    return value;
  }

  private Value field(Value receiver, String name, boolean withArguments) {
    return switch (receiver) {
      case Value.Nil _ -> Value.nil();
      case Value.NilPointer(String type) ->
          throw failures.error("nil pointer evaluating " + type + "." + name);
      case Value.Struct struct when struct.fields().containsKey(name) -> {
        if (withArguments) {
          throw failures.error(name + " has arguments but cannot be invoked as function");
        }
        yield struct.value(name);
      }
      case Value.Dict dict -> {
        if (withArguments) {
          throw failures.error(name + " is not a method but has arguments");
        }
        var entry = dict.entries().get(name);
        yield entry == null
            ? Value.nil()
            : entry instanceof Value.Nil ? new Value.NilPointer(ANY) : entry;
      }
      default ->
          throw failures.error("can't evaluate field " + name + " in type " + receiver.typeName());
    };
  }

  private Value function(
      Value dot,
      Node.Identifier identifier,
      Node node,
      List<Node> arguments,
      Optional<Value> last) {
    failures.at(identifier);
    var name = identifier.name();
    var function = functions.get(name);
    if (function == null) {
      throw failures.error(GoQuote.quote(name) + " is not a defined function");
    }
    var operands = arguments.subList(1, arguments.size());
    if (name.equals("and") || name.equals("or")) {
      return shortcut(dot, name.equals("or"), operands, last);
    }
    checkCount(name, function, operands.size() + (last.isPresent() ? 1 : 0));
    var values = new ArrayList<Value>();
    for (int i = 0; i < operands.size(); i++) {
      values.add(argument(operand(dot, operands.get(i)), function.kind(i)));
    }
    if (last.isPresent()) {
      values.add(argument(last.get(), function.kind(operands.size())));
    }
    try {
      return function.body().call(values);
    } catch (TemplateException e) {
      failures.at(node);
      throw failures.error("error calling " + name + ": " + e.getMessage());
    }
  }

  private void checkCount(String name, Function function, int count) {
    int wanted = function.parameters().size() - (function.isVariadic() ? 1 : 0);
    if (function.isVariadic() ? count < wanted : count != wanted) {
      throw failures.error(
          "wrong number of args for "
              + name
              + ": want "
              + (function.isVariadic() ? "at least " : "")
              + wanted
              + " got "
              + count);
    }
  }

  private Value argument(Value value, Function.Kind kind) {
    boolean fits =
        switch (kind) {
          case ANY -> true;
          case TEXT -> value instanceof Value.Text;
          case INT -> value instanceof Value.Int;
          case BOOL -> value instanceof Value.Bool;
        };
    if (!fits) {
      var wanted =
          kind == Function.Kind.TEXT ? "string" : kind == Function.Kind.INT ? "int" : "bool";
      throw failures.error(
          value instanceof Value.Nil
              ? "invalid value; expected " + wanted
              : "wrong type for value; expected " + wanted + "; got " + value.typeName());
    }
    return value;
  }

  /** {@code and} and {@code or} evaluate no more than they need. */
  private Value shortcut(Value dot, boolean until, List<Node> operands, Optional<Value> last) {
    int count = operands.size() + (last.isPresent() ? 1 : 0);
    if (count == 0) {
      throw failures.error(
          "wrong number of args for " + (until ? "or" : "and") + ": want at least 1 got 0");
    }
    var value = Value.nil();
    for (var operand : operands) {
      value = operand(dot, operand);
      if (value.isTrue() == until) {
        return value;
      }
    }
    return last.orElse(value);
  }
}
