package org.jbuildkit.oci.registry;

import java.io.IOException;

/** What a registry, or the way to it, refused. */
public final class RegistryException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, the more telling later. */
  public enum Kind {
    /** No answer. */
    TRANSPORT,
    /** No answer, and another attempt may get one. */
    INTERRUPTED_TRANSPORT,
    NOT_FOUND,
    /** The asker was rejected for good. */
    UNAUTHORIZED,
    /** Any other answer that is no success. */
    STATUS,
    /** A document larger than what is read. */
    TOO_LARGE
  }

  private final Kind kind;
  private final int status;
  private final String detailed;

  private RegistryException(
      Kind kind, int status, String message, String detailed, IOException cause) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.detailed = detailed;
  }

  RegistryException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.status = 0;
    this.detailed = message;
  }

  RegistryException(Kind kind, String message, IOException cause) {
    this(kind, 0, message, message, cause);
  }

  RegistryException(int status, String message, String detailed) {
    super(message);
    this.kind = status == 404 ? Kind.NOT_FOUND : Kind.STATUS;
    this.status = status;
    this.detailed = detailed;
  }

  public Kind kind() {
    return kind;
  }

  /** The answer's status, or 0 if there was none. */
  public int status() {
    return status;
  }

  /** The text with what the registry's own error document says. */
  public String detailed() {
    return detailed;
  }

  /** Whether the same request may succeed a moment later. */
  public boolean isTemporary() {
    return kind == Kind.INTERRUPTED_TRANSPORT || status >= 500;
  }

  /** The same error with {@code context} and a colon before its text. */
  RegistryException within(String context) {
    return new RegistryException(
        kind, status, context + ": " + getMessage(), context + ": " + detailed, this);
  }
}
