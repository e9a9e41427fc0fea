package org.jbuildkit.cli.template;

/** A template that cannot be read or executed; the message is the one that Go gives. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemplateException(String message) {
    super(message);
  }
}
