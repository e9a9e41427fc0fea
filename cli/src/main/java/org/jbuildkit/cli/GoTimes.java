package org.jbuildkit.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as programs in Go print them. */
public final class GoTimes {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private GoTimes() {}

  /** {@code 2026-11-21 00:45:46.923512882 +0000 UTC}; a fraction of zero is left out. */
  public static String text(Instant time) {
    var at = time.atOffset(ZoneOffset.UTC);
    var text = new StringBuilder(SECONDS.format(at));
    if (at.getNano() != 0) {
      var digits = Integer.toString(1_000_000_000 + at.getNano()).substring(1);
      text.append('.').append(digits.replaceAll("0+$", ""));
    }
    return text.append(" +0000 UTC").toString();
  }

  /** About how long something takes, in one unit: {@code 5 minutes}. */
  public static String about(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds == 1) {
      return "1 second";
    }
    if (seconds < 60) {
      return seconds + " seconds";
    }
    long minutes = duration.toMinutes();
    if (minutes == 1) {
      return "About a minute";
    }
    if (minutes < 60) {
      return minutes + " minutes";
    }
    long hours = (duration.toMinutes() + 30) / 60;
    if (hours == 1) {
      return "About an hour";
    }
    if (hours < 48) {
      return hours + " hours";
    }
    if (hours < 24 * 7 * 2) {
      return hours / 24 + " days";
    }
    if (hours < 24 * 30 * 2) {
      return hours / 24 / 7 + " weeks";
    }
    if (hours < 24 * 365 * 2) {
      return hours / 24 / 30 + " months";
    }
    return hours / 24 / 365 + " years";
  }
}
