package org.jbuildkit.cli.template;

import java.util.List;

/**
 * A function that templates may call.
 *
 * @param parameters what it takes; the last of a variadic one any number of times
 */
public record Function(Body body, List<Kind> parameters, boolean isVariadic) {
  /** What an argument must be. */
  public enum Kind {
    ANY,
    TEXT,
    INT,
    BOOL
  }

  /** What a function does; may throw a {@link TemplateException}, which then names the function. */
  @FunctionalInterface
  public interface Body {
    Value call(List<Value> arguments);
  }

  public Function {
    parameters = List.copyOf(parameters);
  }

  public static Function of(Body body, Kind... parameters) {
    return new Function(body, List.of(parameters), false);
  }

  /** A function whose last parameter may be given any number of times, or not at all. */
  public static Function variadic(Body body, Kind... parameters) {
    return new Function(body, List.of(parameters), true);
  }

  /** The text of an argument that was declared to be one. */
  public static String text(Value argument) {
    return argument instanceof Value.Text(String text) ? text : GoPrint.value(argument);
  }

  /** The number of an argument that was declared to be one. */
  public static int number(Value argument) {
    return argument instanceof Value.Int(long number)
        ? Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE)
        : 0;
  }

  Kind kind(int index) {
    return parameters.get(Math.min(index, parameters.size() - 1));
  }
}
