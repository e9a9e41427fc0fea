package org.jbuildkit.base;

import java.util.ArrayList;
import java.util.List;

/**
 * What was attempted, on what, and why it failed, with an {@link ErrorCode} and typed details. The
 * one exception of the project that crosses rooms; low layers throw {@link java.io.IOException} and
 * are wrapped once, where the context is known.
 */
public final class BuildException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<ErrorDetail> details;

  public BuildException(ErrorCode code, String message) {
    super(message);
    this.code = code;
    this.details = List.of();
  }

  public BuildException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.details = cause instanceof BuildException inner ? inner.details : List.of();
  }

  private BuildException(
      ErrorCode code, String message, List<ErrorDetail> details, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.details = List.copyOf(details);
  }

  /**
   * For input that makes no sense. {@link ErrorCode#UNKNOWN}, as BuildKit answers it: clients print
   * any other code before the text.
   */
  public static BuildException invalid(String message) {
    return new BuildException(ErrorCode.UNKNOWN, message);
  }

  /** For failures without a better kind: {@link ErrorCode#UNKNOWN}, as plain errors of Go are. */
  public static BuildException failed(String message) {
    return new BuildException(ErrorCode.UNKNOWN, message);
  }

  /** As {@link #failed(String)}, with the cause's text after a colon. */
  public static BuildException failed(String message, Throwable cause) {
    var code = cause instanceof BuildException inner ? inner.code : ErrorCode.UNKNOWN;
    return new BuildException(code, message + ": " + describe(cause), cause);
  }

  /** The text of any throwable: its message, or its type where it has none. */
  public static String describe(Throwable error) {
    var message = error.getMessage();
    return message == null || message.isEmpty() ? error.getClass().getSimpleName() : message;
  }

  public ErrorCode code() {
    return code;
  }

  /** Innermost first. */
  public List<ErrorDetail> details() {
    return details;
  }

  /** The same error with one more detail. */
  public BuildException withDetail(ErrorDetail detail) {
    var all = new ArrayList<>(details);
    all.add(detail);
    var copy = new BuildException(code, describe(this), all, this);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /** The same error with {@code context} and a colon before its text. */
  public BuildException within(String context) {
    return new BuildException(code, context + ": " + describe(this), details, this);
  }

  /** The same error with no detail of a kind. */
  public BuildException without(Class<? extends ErrorDetail> kind) {
    var rest = details.stream().filter(detail -> !kind.isInstance(detail)).toList();
    return new BuildException(code, describe(this), rest, this);
  }

  /** The same error with more text at its end. */
  public BuildException followedBy(String text) {
    return text.isEmpty() ? this : new BuildException(code, describe(this) + text, details, this);
  }
}
