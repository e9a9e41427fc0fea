package org.jbuildkit.cli.template;

import static org.jbuildkit.cli.template.Function.Kind.ANY;
import static org.jbuildkit.cli.template.Function.Kind.TEXT;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The functions that every template has. */
final class Builtins {
  static final Map<String, Function> FUNCTIONS =
      Map.ofEntries(
          // Evaluated where they are called, as they need not evaluate all of their arguments.
          Map.entry("and", Function.variadic(List::getLast, ANY, ANY)),
          Map.entry("or", Function.variadic(List::getLast, ANY, ANY)),
          Map.entry("not", Function.of(a -> Value.of(!a.getFirst().isTrue()), ANY)),
          Map.entry("len", Function.of(a -> length(a.getFirst()), ANY)),
          Map.entry("index", Function.variadic(Builtins::index, ANY, ANY)),
          Map.entry("slice", Function.variadic(Builtins::slice, ANY, ANY)),
          Map.entry("call", Function.variadic(Builtins::call, ANY, ANY)),
          Map.entry("print", Function.variadic(a -> Value.of(GoPrint.print(a)), ANY)),
          Map.entry("println", Function.variadic(a -> Value.of(GoPrint.printLine(a)), ANY)),
          Map.entry("printf", Function.variadic(Builtins::printf, TEXT, ANY)),
          Map.entry("html", Function.variadic(a -> Value.of(Escapes.html(all(a))), ANY)),
          Map.entry("js", Function.variadic(a -> Value.of(Escapes.javaScript(all(a))), ANY)),
          Map.entry("urlquery", Function.variadic(a -> Value.of(Escapes.urlQuery(all(a))), ANY)),
          Map.entry("eq", Function.variadic(a -> Value.of(Comparison.equal(a)), ANY, ANY)),
          Map.entry("ne", Function.of(a -> Value.of(!Comparison.equal(a)), ANY, ANY)),
          Map.entry("lt", ordered(order -> order < 0)),
          Map.entry("le", ordered(order -> order <= 0)),
          Map.entry("gt", ordered(order -> order > 0)),
          Map.entry("ge", ordered(order -> order >= 0)));

  private Builtins() {}

  private static Function ordered(IntPredicate wanted) {
    return Function.of(
        a -> Value.of(wanted.test(Comparison.order(a.getFirst(), a.getLast()))), ANY, ANY);
  }

  private static String all(List<Value> values) {
    return values.size() == 1 ? GoPrint.value(values.getFirst()) : GoPrint.print(values);
  }

  private static Value printf(List<Value> values) {
    return Value.of(
        Formatter.format(Function.text(values.getFirst()), values.subList(1, values.size())));
  }

  private static Value call(List<Value> values) {
    throw new TemplateException("non-function of type " + values.getFirst().typeName());
  }

  private static Value length(Value value) {
    return Value.of(
        switch (value) {
          case Value.Text(String text) -> text.getBytes(StandardCharsets.UTF_8).length;
          case Value.Items items -> items.elements().size();
          case Value.Dict dict -> dict.entries().size();
          case Value.Nil _, Value.NilPointer _ -> throw new TemplateException("len of nil pointer");
          default -> throw new TemplateException("len of type " + value.typeName());
        });
  }

  private static Value index(List<Value> values) {
    var found = values.getFirst();
    for (var index : values.subList(1, values.size())) {
      found = element(found, index);
    }
    return found;
  }

  private static Value element(Value value, Value index) {
    return switch (value) {
      case Value.Items items -> items.elements().get(position(index, items.elements().size() - 1));
      case Value.Text(String text) -> {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        yield Value.of(bytes[position(index, bytes.length - 1)] & 0xFF);
      }
      case Value.Dict dict -> {
        if (!(index instanceof Value.Text(String key))) {
          throw new TemplateException(
              index instanceof Value.Nil
                  ? "value is nil; should be of type string"
                  : "value has type " + index.typeName() + "; should be string");
        }
        yield dict.entries().getOrDefault(key, dict.missing());
      }
      case Value.Nil _ -> throw new TemplateException("index of untyped nil");
      case Value.NilPointer _ -> throw new TemplateException("index of nil pointer");
      default -> throw new TemplateException("can't index item of type " + value.typeName());
    };
  }

  private static int position(Value index, int last) {
    if (!(index instanceof Value.Int(long number))) {
      throw new TemplateException(
          index instanceof Value.Nil
              ? "cannot index slice/array with nil"
              : "cannot index slice/array with type " + index.typeName());
    }
    if (number < 0 || number > last) {
      throw new TemplateException("index out of range: " + number);
    }
    return (int) number;
  }

  private static Value slice(List<Value> values) {
    if (values.size() > 4) {
      throw new TemplateException("too many slice indexes: " + (values.size() - 1));
    }
    return switch (values.getFirst()) {
      case Value.Text(String text) -> {
        if (values.size() == 4) {
          throw new TemplateException("cannot 3-index slice a string");
        }
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        int start = bound(values, 1, bytes.length);
        int end = bound(values, 2, bytes.length);
        requireOrder(start, end);
        yield Value.of(new String(bytes, start, end - start, StandardCharsets.UTF_8));
      }
      case Value.Items items -> {
        int size = items.elements().size();
        int start = bound(values, 1, size);
        int end = bound(values, 2, size);
        requireOrder(start, end);
        var _ = bound(values, 3, size);
        yield new Value.Items(items.type(), items.elements().subList(start, end), false);
      }
      case Value.Nil _ -> throw new TemplateException("slice of untyped nil");
      default ->
          throw new TemplateException("can't slice item of type " + values.getFirst().typeName());
    };
  }

  private static int bound(List<Value> values, int index, int size) {
    return index < values.size() ? position(values.get(index), size) : index == 1 ? 0 : size;
  }

  private static void requireOrder(int start, int end) {
    if (start > end) {
      throw new TemplateException("invalid slice index: " + start + " > " + end);
    }
  }
}
