package org.jbuildkit.cli.template;

import java.util.List;

/** Comparisons between values of basic kinds. */
final class Comparison {
  private Comparison() {}

  /** Whether the first equals any of the others. */
  static boolean equal(List<Value> values) {
    var first = values.getFirst();
    if (values.size() == 1) {
      throw new TemplateException("missing argument for comparison");
    }
    for (var other : values.subList(1, values.size())) {
      if (equal(first, other)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(Value left, Value right) {
    boolean leftNil = left instanceof Value.Nil || left instanceof Value.NilPointer;
    boolean rightNil = right instanceof Value.Nil || right instanceof Value.NilPointer;
    if (leftNil || rightNil) {
      return leftNil == rightNil;
    }
    return switch (left) {
      case Value.Bool _,
          Value.Text _,
          Value.Int _,
          Value.Period _,
          Value.Constant _,
          Value.Decimal _ -> {
        if (!kind(left).equals(kind(right))) {
          throw new TemplateException("incompatible types for comparison");
        }
        yield left instanceof Value.Bool ? left.equals(right) : order(left, right) == 0;
      }
      case Value.Time _, Value.Struct _ -> left.equals(right);
      default ->
          throw new TemplateException(
              "non-comparable type " + GoPrint.value(left) + ": " + left.typeName());
    };
  }

  private static String kind(Value value) {
    return switch (value) {
      case Value.Bool _ -> "bool";
      case Value.Text _ -> "string";
      case Value.Int _, Value.Period _, Value.Constant _ -> "int";
      case Value.Decimal _ -> "float";
      default -> throw new TemplateException("invalid type for comparison");
    };
  }

  /** Negative if the left one is less. */
  static int order(Value left, Value right) {
    if (!kind(left).equals(kind(right))) {
      throw new TemplateException("incompatible types for comparison");
    }
    return switch (left) {
      case Value.Text(String text) -> text.compareTo(Function.text(right));
      case Value.Decimal(double number) ->
          Double.compare(number, right instanceof Value.Decimal(double other) ? other : 0);
      case Value.Int _, Value.Period _, Value.Constant _ -> Long.compare(whole(left), whole(right));
      default -> throw new TemplateException("invalid type for comparison");
    };
  }

  private static long whole(Value value) {
    return switch (value) {
      case Value.Int(long number) -> number;
      case Value.Period(long nanos) -> nanos;
      case Value.Constant(_, long number) -> number;
      default -> 0;
    };
  }
}
