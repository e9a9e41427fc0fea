package org.jbuildkit.dockerfile.syntax;

/**
 * A document inside of an instruction.
 *
 * @param expands whether variables in it are replaced
 * @param chomps whether leading tabs of its lines are dropped
 * @param body as written, tabs still there
 */
public record Heredoc(String name, boolean expands, boolean chomps, String body) {

  public Heredoc withBody(String text) {
    return new Heredoc(name, expands, chomps, text);
  }

  /** The body without the tabs that {@code <<-} drops. */
  public String content() {
    return chomps ? body.replaceAll("(?m)^\t+", "") : body;
  }
}
