package org.jbuildkit.cli.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.GoQuote;

/** One run of a template: walks its nodes and prints. */
final class Execution {
  private static final int MAX_DEPTH = 500;

  private final Map<String, Node.Block> templates;
  private final StringBuilder out;
  private final Evaluation evaluation;
  private final Failures failures;
  private int depth;

  Execution(
      String name,
      String text,
      Map<String, Node.Block> templates,
      Map<String, Function> functions,
      StringBuilder out) {
    this.templates = templates;
    this.out = out;
    this.failures = new Failures(name, text);
    this.evaluation = new Evaluation(functions, failures);
  }

  /** What follows a node. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  void run(String template, Value data) {
    var block = templates.get(template);
    if (block != null) {
      evaluation.push("$", data);
      var _ = walk(data, block);
    }
  }

  private Flow walk(Value dot, Node.Block block) {
    int scope = evaluation.scope();
    for (var node : block.nodes()) {
      var flow = walkOne(dot, node);
      if (flow != Flow.ON) {
        evaluation.leave(scope);
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow walkOne(Value dot, Node node) {
    failures.at(node);
    return switch (node) {
      case Node.Literal literal -> {
        out.append(literal.text());
        yield Flow.ON;
      }
      case Node.Action action -> {
        var value = evaluation.pipeline(dot, action.pipe());
        if (action.pipe().variables().isEmpty()) {
          out.append(GoPrint.printed(value));
        }
        yield Flow.ON;
      }
      case Node.Branch branch -> branch(dot, branch);
      case Node.Break _ -> Flow.BREAK;
      case Node.Continue _ -> Flow.CONTINUE;
      case Node.Call call -> {
        call(dot, call);
        yield Flow.ON;
      }
      default -> throw failures.error("unknown node: " + node.shown());
    };
  }

  private Flow branch(Value dot, Node.Branch branch) {
    int scope = evaluation.scope();
    try {
      if (branch.kind() == Node.BranchKind.RANGE) {
        return range(dot, branch);
      }
      var value = evaluation.pipeline(dot, branch.pipe());
      if (value.isTrue()) {
        return walk(branch.kind() == Node.BranchKind.WITH ? value : dot, branch.then());
      }
      return branch.otherwise().isPresent() ? walk(dot, branch.otherwise().get()) : Flow.ON;
    } finally {
      evaluation.leave(scope);
    }
  }

  /** What a range goes over: pairs of index or key, and element. */
  private record Step(Value index, Value element) {}

  private Flow range(Value dot, Node.Branch branch) {
    var value = evaluation.undeclared(dot, branch.pipe());
    boolean number = value instanceof Value.Int;
    if (number && branch.pipe().variables().size() > 1) {
      throw failures.error(
          "can't use " + GoPrint.value(value) + " to iterate over more than one variable");
    }
    var steps = steps(value);
    for (var step : steps) {
      int scope = evaluation.scope();
      var names = branch.pipe().variables();
      if (!names.isEmpty()) {
        evaluation.setRange(
            branch.pipe(), names.size() > 1 ? step.index : step.element, step.element);
      }
      var flow = walk(step.element, branch.then());
      evaluation.leave(scope);
      if (flow == Flow.BREAK) {
        break;
      }
    }
    return steps.isEmpty() && branch.otherwise().isPresent()
        ? walk(dot, branch.otherwise().get())
        : Flow.ON;
  }

  private List<Step> steps(Value value) {
    var steps = new ArrayList<Step>();
    switch (value) {
      case Value.Items items -> {
        for (int i = 0; i < items.elements().size(); i++) {
          steps.add(new Step(Value.of(i), items.elements().get(i)));
        }
      }
      case Value.Dict dict ->
          dict.entries().forEach((key, element) -> steps.add(new Step(Value.of(key), element)));
      case Value.Int(long count) -> {
        if (count > Integer.MAX_VALUE) {
          throw failures.error("range over " + count + " is too long");
        }
        for (int i = 0; i < count; i++) {
          steps.add(new Step(Value.of(i), Value.of(i)));
        }
      }
      case Value.Nil _, Value.NilPointer _ -> {}
      default -> throw failures.error("range can't iterate over " + GoPrint.value(value));
    }
    return steps;
  }

  private void call(Value dot, Node.Call call) {
    var block =
        Optional.ofNullable(templates.get(call.name()))
            .orElseThrow(
                () -> failures.error("template " + GoQuote.quote(call.name()) + " not defined"));
    if (depth == MAX_DEPTH) {
      throw failures.error("exceeded maximum template depth (" + MAX_DEPTH + ")");
    }
    var argument = call.pipe().map(pipe -> evaluation.pipeline(dot, pipe)).orElse(Value.nil());
    int scope = evaluation.scope();
    evaluation.push("$", argument);
    var before = failures.enter(call.name());
    depth++;
    var _ = walk(argument, block);
    depth--;
    failures.leave(before);
    evaluation.leave(scope);
  }
}
