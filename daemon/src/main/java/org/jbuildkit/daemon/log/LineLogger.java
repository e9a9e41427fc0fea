package org.jbuildkit.daemon.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes a line for each message of level info and above; libraries of the wire only warnings. */
final class LineLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  LineLogger(String name) {
    this.name = name;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return Boolean.getBoolean("jbuildkit.debug") && name.startsWith("org.jbuildkit.");
  }

  @Override
  public boolean isInfoEnabled() {
    return name.startsWith("org.jbuildkit.");
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return "";
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    var text = MessageFormatter.basicArrayFormat(pattern, arguments);
    var cause = error == null ? "" : " error=\"" + escaped(error.toString()) + "\"";
    System.err.println(
        "time=\"%s\" level=%s msg=\"%s\"%s"
            .formatted(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                level == Level.WARN
                    ? "warning"
                    : level.toString().toLowerCase(java.util.Locale.ROOT),
                escaped(text),
                cause));
  }

  private static String escaped(@Nullable String text) {
    return text == null
        ? ""
        : text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
