package org.jbuildkit.cli.cobra;

/**
 * How many arguments a command takes.
 *
 * @param problem what is said of another number
 */
public record Arity(int min, int max, String problem) {
  public static final Arity ANY = new Arity(0, Integer.MAX_VALUE, "");
  public static final Arity ONE = new Arity(1, 1, "requires 1 argument");
  public static final Arity AT_MOST_ONE = new Arity(0, 1, "requires at most 1 argument");
  public static final Arity ZERO = new Arity(0, 0, "requires 0 arguments");
  public static final Arity NONE = new Arity(0, 0, "accepts no arguments");

  boolean accepts(int count) {
    return count >= min && count <= max;
  }
}
