package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.GoSpace;
import org.jbuildkit.base.Json;

/** Reads HEALTHCHECK. */
final class HealthcheckReader {
  private static final long MINIMUM = 1_000_000L;

  private HealthcheckReader() {}

  static Instruction read(Line line) {
    var parts = line.rest().split("\\s+", 2);
    var type = parts[0].toUpperCase(Locale.ROOT);
    var rest = parts.length > 1 ? GoSpace.trim(parts[1]) : "";
    return switch (type) {
      case "" -> throw new IllegalArgumentException("HEALTHCHECK requires at least one argument");
      case "NONE" -> none(line, rest);
      default -> command(line, type, rest);
    };
  }

  private static Instruction none(Line line, String rest) {
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException("HEALTHCHECK NONE takes no arguments");
    }
    return build(line, List.of("NONE"), new Flags(List.of(), List.of()));
  }

  private static Instruction command(Line line, String type, String rest) {
    var flags =
        new Flags(
            line.flags(),
            List.of("interval", "timeout", "start-period", "start-interval", "retries"));
    if (!type.equals("CMD")) {
      throw new IllegalArgumentException(
          "Unknown type %s in HEALTHCHECK (try CMD)".formatted(GoQuote.quote(type)));
    }
    var test = new ArrayList<String>();
    var list = JsonForm.parse(rest);
    if (list.isPresent()) {
      test.add("CMD");
      test.addAll(list.get());
    } else if (!rest.isEmpty()) {
      test.add("CMD-SHELL");
      test.add(rest);
    }
    if (test.size() < 2) {
      throw new IllegalArgumentException("Missing command after HEALTHCHECK CMD");
    }
    return build(line, test, flags);
  }

  private static Instruction build(Line line, List<String> test, Flags flags) {
    long interval = duration(flags, "interval");
    long timeout = duration(flags, "timeout");
    long startPeriod = duration(flags, "start-period");
    long startInterval = duration(flags, "start-interval");
    long retries = retries(flags.text("retries"));
    var config =
        Json.object()
            .putUnlessEmpty("Test", test)
            .putUnlessZero("Interval", interval)
            .putUnlessZero("Timeout", timeout)
            .putUnlessZero("StartPeriod", startPeriod)
            .putUnlessZero("StartInterval", startInterval)
            .putUnlessZero("Retries", retries)
            .build();
    var text =
        "{Test:[%s] Interval:%s Timeout:%s StartPeriod:%s StartInterval:%s Retries:%d}"
            .formatted(
                String.join(" ", test),
                GoDuration.format(interval),
                GoDuration.format(timeout),
                GoDuration.format(startPeriod),
                GoDuration.format(startInterval),
                retries);
    return new Instruction.Healthcheck(line, config, text);
  }

  private static long duration(Flags flags, String name) {
    long nanos = GoDuration.parse(flags.text(name));
    if (nanos != 0 && nanos < MINIMUM) {
      throw new IllegalArgumentException("Interval \"%s\" cannot be less than 1ms".formatted(name));
    }
    return nanos;
  }

  private static long retries(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[-+]?\\d+")) {
      throw new IllegalArgumentException(
          "strconv.ParseInt: parsing %s: invalid syntax".formatted(GoQuote.quote(text)));
    }
    int retries;
    try {
      retries = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "strconv.ParseInt: parsing %s: value out of range".formatted(GoQuote.quote(text)), e);
    }
    if (retries < 0) {
      throw new IllegalArgumentException("--retries cannot be negative (" + retries + ")");
    }
    return retries;
  }
}
