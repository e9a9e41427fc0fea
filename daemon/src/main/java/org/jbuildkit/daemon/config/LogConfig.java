package org.jbuildkit.daemon.config;

import java.util.Locale;
import org.jbuildkit.base.BuildException;

/** What the daemon logs, and how. */
public record LogConfig(Format format, Level level) {
  static final LogConfig DEFAULT = new LogConfig(Format.TEXT, Level.INFO);

  /** The shape of a line. */
  public enum Format {
    TEXT,
    JSON
  }

  /** The least important messages that are logged; the most important kind comes first. */
  public enum Level {
    PANIC,
    FATAL,
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  static Format format(String text) {
    return switch (text) {
      case "", "text" -> Format.TEXT;
      case "json" -> Format.JSON;
      default -> throw BuildException.invalid("unsupported log type \"" + text + "\"");
    };
  }

  static Level level(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "panic" -> Level.PANIC;
      case "fatal" -> Level.FATAL;
      case "error" -> Level.ERROR;
      case "warn", "warning" -> Level.WARN;
      case "", "info" -> Level.INFO;
      case "debug" -> Level.DEBUG;
      case "trace" -> Level.TRACE;
      default ->
          throw BuildException.invalid(
              "unsupported log level: not a valid logrus Level: \"" + text + "\"");
    };
  }
}
