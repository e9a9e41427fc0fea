package org.jbuildkit.dockerfile;

import java.util.Locale;
import java.util.Set;

/** Names of Linux signals. */
final class Signals {
  private static final Set<String> NAMES =
      Set.of(
          "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
          "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
          "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
          "RTMIN", "RTMAX");

  private Signals() {}

  /** Any number but zero. */
  static boolean isNumber(String text) {
    var digits = text.startsWith("-") ? text.substring(1) : text;
    return digits.chars().allMatch(c -> c >= '0' && c <= '9')
        && digits.chars().anyMatch(c -> c != '0');
  }

  /** With or without {@code SIG}, in any case, real-time ones with an offset. */
  static boolean isName(String text) {
    var name = text.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    return NAMES.contains(name)
        || name.matches("RTMIN\\+([1-9]|1[0-5])")
        || name.matches("RTMAX-([1-9]|1[0-4])");
  }
}
