package org.jbuildkit.engine.history;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.GoDuration;
import org.jbuildkit.base.filter.FieldFilter;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.protocol.control.BuildHistoryRecord;

/**
 * Chooses records. Written as alternatives, each a line of comma-separated conditions that must all
 * hold: {@code startedAt}, {@code completedAt} and {@code duration} are compared by size, and
 * {@code ref}, {@code status} and {@code repository} as in {@link FieldFilter}.
 */
record HistoryFilter(List<Predicate<BuildHistoryRecord>> alternatives) {
  HistoryFilter {
    alternatives = List.copyOf(alternatives);
  }

  /**
   * @param now what ages count from
   * @throws BuildException for conditions that make no sense
   */
  static HistoryFilter parse(List<String> alternatives, Instant now) {
    return new HistoryFilter(alternatives.stream().map(line -> line(line, now)).toList());
  }

  boolean matches(BuildHistoryRecord record) {
    return alternatives.isEmpty() || alternatives.stream().anyMatch(one -> one.test(record));
  }

  private static Predicate<BuildHistoryRecord> line(String line, Instant now) {
    Predicate<BuildHistoryRecord> all = _ -> true;
    var plain = new ArrayList<String>();
    for (var condition : fields(line)) {
      var compared = comparison(condition, now);
      if (compared.isPresent()) {
        all = all.and(compared.get());
      } else {
        plain.add(condition);
      }
    }
    try {
      var filter = FieldFilter.parse(List.of(String.join(",", plain)));
      return all.and(record -> filter.matches(path -> value(record, path.getFirst())));
    } catch (BuildException e) {
      throw e.within("failed to parse history filters " + line);
    }
  }

  private static List<String> fields(String line) {
    try {
      return line.isEmpty() ? List.of() : CsvRecord.parse(line);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed(BuildException.describe(e));
    }
  }

  private static Optional<Predicate<BuildHistoryRecord>> comparison(String text, Instant now) {
    for (var operator : List.of(">=", "<=", ">", "<")) {
      int at = text.indexOf(operator);
      if (at >= 0) {
        var value = text.substring(at + operator.length());
        return comparison(text.substring(0, at), operator, value, now);
      }
    }
    return Optional.empty();
  }

  private static Optional<Predicate<BuildHistoryRecord>> comparison(
      String field, String operator, String value, Instant now) {
    return switch (field) {
      case "startedAt" -> {
        var test = test(operator, seconds(value, now));
        yield Optional.of(record -> test.test(record.getCreatedAt().getSeconds()));
      }
      case "completedAt" -> {
        var test = test(operator, seconds(value, now));
        yield Optional.of(record -> test.test(record.getCompletedAt().getSeconds()));
      }
      case "duration" -> {
        var nanos = GoDuration.parse(value);
        if (nanos.isEmpty()) {
          throw BuildException.failed("invalid duration " + value);
        }
        var test = test(operator, nanos.getAsLong());
        yield Optional.of(record -> test.test(duration(record)));
      }
      default -> Optional.empty();
    };
  }

  private static LongPredicate test(String operator, long limit) {
    return switch (operator) {
      case ">=" -> value -> value >= limit;
      case "<=" -> value -> value <= limit;
      case ">" -> value -> value > limit;
      default -> value -> value < limit;
    };
  }

  private static long seconds(String value, Instant now) {
    var ago = GoDuration.parse(value);
    if (ago.isPresent()) {
      return now.minusNanos(ago.getAsLong()).getEpochSecond();
    }
    try {
      return OffsetDateTime.parse(value).toEpochSecond();
    } catch (DateTimeException _) {
      throw BuildException.failed("invalid time " + value);
    }
  }

  private static long duration(BuildHistoryRecord record) {
    if (!record.hasCompletedAt()) {
      return 0;
    }
    return java.time.Duration.between(
            Timestamps.instant(record.getCreatedAt()), Timestamps.instant(record.getCompletedAt()))
        .toNanos();
  }

  private static Optional<String> value(BuildHistoryRecord record, String field) {
    return switch (field) {
      case "ref" -> Optional.of(record.getRef()).filter(ref -> !ref.isEmpty());
      case "status" -> Optional.of(status(record));
      case "repository" -> repository(record);
      default -> Optional.empty();
    };
  }

  private static String status(BuildHistoryRecord record) {
    if (!record.hasCompletedAt()) {
      return "running";
    }
    if (!record.hasError()) {
      return "completed";
    }
    return record.getError().getMessage().contains("context canceled") ? "canceled" : "error";
  }

  private static Optional<String> repository(BuildHistoryRecord record) {
    var attributes = record.getFrontendAttrsMap();
    if (attributes.containsKey("vcs:source")) {
      return Optional.of(attributes.get("vcs:source"));
    }
    try {
      return GitReference.parse(attributes.getOrDefault("context", "")).map(GitReference::remote);
    } catch (BuildException _) {
      return Optional.empty();
    }
  }
}
