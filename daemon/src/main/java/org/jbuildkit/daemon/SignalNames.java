package org.jbuildkit.daemon;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Linux's signals by the names that frontends use, which lack {@code SIG}. */
final class SignalNames {
  private static final int FIRST_REALTIME = 34;
  private static final int LAST_REALTIME = 64;
  private static final Pattern REALTIME = Pattern.compile("RT(MIN|MAX)(?:([+-])(\\d{1,2}))?");

  /** From 1 on. */
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private SignalNames() {}

  /** The signal's number; empty if there is none of this name. */
  static OptionalInt number(String name) {
    int index = NAMES.indexOf(name);
    if (index >= 0) {
      return OptionalInt.of(index + 1);
    }
    return switch (name) {
      case "IOT" -> number("ABRT");
      case "CLD" -> number("CHLD");
      case "POLL" -> number("IO");
      default -> realtime(name);
    };
  }

  private static OptionalInt realtime(String name) {
    var match = REALTIME.matcher(name);
    if (!match.matches()) {
      return OptionalInt.empty();
    }
    int base = match.group(1).equals("MIN") ? FIRST_REALTIME : LAST_REALTIME;
    int offset = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
    int number = "-".equals(match.group(2)) ? base - offset : base + offset;
    return number >= FIRST_REALTIME && number <= LAST_REALTIME
        ? OptionalInt.of(number)
        : OptionalInt.empty();
  }
}
