package org.jbuildkit.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.Json;

/** Remarks of a command line program in the layout of the original's log. */
public final class ProgramLog {
  /** How a line looks. */
  public enum Style {
    TEXT,
    TERMINAL,
    JSON
  }

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/@^+-]+");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX");

  private final PrintStream out;
  private final Style style;

  public ProgramLog(PrintStream out, Style style) {
    this.out = out;
    this.style = style;
  }

  public void info(String message) {
    line("info", 36, message);
  }

  public void warn(String message) {
    line("warning", 33, message);
  }

  private void line(String level, int color, String message) {
    var time = TIME.format(Instant.now().atZone(ZoneId.systemDefault()));
    out.println(
        switch (style) {
          case TEXT -> "time=" + quoted(time) + " level=" + level + " msg=" + quoted(message);
          case TERMINAL ->
              String.format(
                  Locale.ROOT,
                  "\u001b[%dm%s\u001b[0m[%s] %-44s ",
                  color,
                  level.substring(0, 4).toUpperCase(Locale.ROOT),
                  time,
                  message);
          case JSON ->
              Json.object()
                  .put("level", level)
                  .put("msg", message)
                  .put("time", time)
                  .build()
                  .write();
        });
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : GoQuote.quote(value);
  }
}
