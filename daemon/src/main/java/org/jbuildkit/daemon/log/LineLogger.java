package org.jbuildkit.daemon.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jbuildkit.base.Json;
import org.jbuildkit.daemon.config.LogConfig;
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

  private boolean isOurs() {
    return name.startsWith("org.jbuildkit.");
  }

  @Override
  public boolean isTraceEnabled() {
    return isOurs() && LogProvider.isEnabled(LogConfig.Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isOurs() && LogProvider.isEnabled(LogConfig.Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isOurs() && LogProvider.isEnabled(LogConfig.Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return LogProvider.isEnabled(LogConfig.Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return LogProvider.isEnabled(LogConfig.Level.ERROR);
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
    var text = String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments));
    var kind =
        level == Level.WARN ? "warning" : level.toString().toLowerCase(java.util.Locale.ROOT);
    var time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    System.err.println(
        LogProvider.isJson() ? json(time, kind, text, error) : line(time, kind, text, error));
  }

  private static String line(String time, String kind, String text, @Nullable Throwable error) {
    var cause = error == null ? "" : " error=\"" + escaped(error.toString()) + "\"";
    return "time=\"%s\" level=%s msg=\"%s\"%s".formatted(time, kind, escaped(text), cause);
  }

  private static String json(String time, String kind, String text, @Nullable Throwable error) {
    var line = Json.object();
    if (error != null) {
      line.put("error", error.toString());
    }
    return line.put("level", kind).put("msg", text).put("time", time).build().write();
  }

  private static String escaped(@Nullable String text) {
    return text == null
        ? ""
        : text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
