package org.jbuildkit.cli.cobra;

/** An end of the program with a status and a text of its own; the text may be empty. */
public final class ExitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public ExitException(int status, String text) {
    super(text);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
