package org.jbuildkit.engine.file;

import org.jbuildkit.base.BuildException;

/**
 * A chmod expression: octal, or symbolic clauses such as {@code u=rwX,go-w}, evaluated against an
 * existing mode with umask 0.
 */
public final class ModeExpression {
  private final String text;

  private ModeExpression(String text) {
    this.text = text;
  }

  /**
   * @throws BuildException {@code invalid syntax} for what is no expression
   */
  public static ModeExpression parse(String text) {
    var expression = new ModeExpression(text);
    int _ = expression.apply(0, false);
    return expression;
  }

  /** The mode that results from {@code mode}, 12 bits. */
  public int apply(int mode, boolean isDirectory) {
    if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
      return octal();
    }
    int result = mode;
    for (var clause : text.split(",", -1)) {
      result = apply(clause, result, isDirectory);
    }
    return result;
  }

  private int octal() {
    try {
      int mode = Integer.parseInt(text, 8);
      if (mode > 07777) {
        throw invalid();
      }
      return mode;
    } catch (NumberFormatException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "strconv.ParseInt: parsing \"%s\": invalid syntax".formatted(text),
          e);
    }
  }

  private static int apply(String clause, int mode, boolean isDirectory) {
    int at = 0;
    int who = 0;
    while (at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0) {
      who |=
          switch (clause.charAt(at)) {
            case 'u' -> 1;
            case 'g' -> 2;
            case 'o' -> 4;
            default -> 7;
          };
      at++;
    }
    boolean unnamed = who == 0;
    who = unnamed ? 7 : who;
    if (at >= clause.length()) {
      throw invalid();
    }
    int result = mode;
    while (at < clause.length()) {
      char operator = clause.charAt(at++);
      if ("+-=".indexOf(operator) < 0) {
        throw invalid();
      }
      int end = at;
      while (end < clause.length() && "+-=".indexOf(clause.charAt(end)) < 0) {
        end++;
      }
      result = apply(clause.substring(at, end), operator, who, result, isDirectory);
      at = end;
    }
    return result;
  }

  private static int apply(
      String permissions, char operator, int who, int mode, boolean isDirectory) {
    int bits = bits(permissions, who, mode, isDirectory);
    return switch (operator) {
      case '+' -> mode | bits;
      case '-' -> mode & ~bits;
      default -> (mode & ~cleared(permissions, who, isDirectory)) | bits;
    };
  }

  /**
   * What {@code =} clears first; directories keep their set-id bits, and so does what gets the
   * permissions of others.
   */
  private static int cleared(String permissions, int who, boolean isDirectory) {
    int mask = spread(7, who);
    if (!isDirectory && !permissions.matches("[ugo]")) {
      mask |= ((who & 1) != 0 ? 04000 : 0) | ((who & 2) != 0 ? 02000 : 0);
    }
    return mask;
  }

  private static int bits(String permissions, int who, int mode, boolean isDirectory) {
    int bits = 0;
    for (int i = 0; i < permissions.length(); i++) {
      bits |=
          switch (permissions.charAt(i)) {
            case 'r' -> spread(4, who);
            case 'w' -> spread(2, who);
            case 'x' -> spread(1, who);
            case 'X' -> isDirectory || (mode & 0111) != 0 ? spread(1, who) : 0;
            case 's' -> ((who & 1) != 0 ? 04000 : 0) | ((who & 2) != 0 ? 02000 : 0);
            case 't' -> 01000;
            case 'u' -> spread(mode >> 6 & 7, who);
            case 'g' -> spread(mode >> 3 & 7, who);
            case 'o' -> spread(mode & 7, who);
            default -> throw invalid();
          };
    }
    return bits;
  }

  private static int spread(int permission, int who) {
    return ((who & 1) != 0 ? permission << 6 : 0)
        | ((who & 2) != 0 ? permission << 3 : 0)
        | ((who & 4) != 0 ? permission : 0);
  }

  private static BuildException invalid() {
    return BuildException.invalid("invalid syntax");
  }
}
