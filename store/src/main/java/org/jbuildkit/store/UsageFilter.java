package org.jbuildkit.store;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;

/**
 * Chooses usage records. Written as alternatives, each a comma-separated list of conditions {@code
 * key}, {@code key==value}, {@code key!=value} or {@code key~=expression} that must all hold;
 * values with unusual characters are quoted. No alternatives choose everything.
 */
public final class UsageFilter {
  /** Chooses everything. */
  public static final UsageFilter ALL = new UsageFilter(List.of());

  private final List<Predicate<UsageRecord>> alternatives;

  private UsageFilter(List<Predicate<UsageRecord>> alternatives) {
    this.alternatives = List.copyOf(alternatives);
  }

  /** Reads the alternatives; bad text is an {@code INVALID_ARGUMENT} that shows the place. */
  public static UsageFilter parse(List<String> alternatives) {
    var parsed = new ArrayList<Predicate<UsageRecord>>();
    for (var text : alternatives) {
      // An empty filter, as clients send one for none, matches everything.
      parsed.add(text.isEmpty() ? _ -> true : new Parser(text).conditions());
    }
    return new UsageFilter(parsed);
  }

  public boolean matches(UsageRecord record) {
    return alternatives.isEmpty() || alternatives.stream().anyMatch(one -> one.test(record));
  }

  /** The value of a key, empty text for a mark that is set; unknown keys are absent. */
  private static Optional<String> value(UsageRecord record, String key) {
    return switch (key) {
      case "id" -> Optional.of(record.id());
      case "parents" -> Optional.of(String.join(";", record.parents()));
      case "description" -> Optional.of(record.description());
      case "type" -> Optional.of(record.type().text());
      case "inuse" -> mark(record.isInUse());
      case "mutable" -> mark(record.isMutable());
      case "immutable" -> mark(!record.isMutable());
      case "private" -> mark(true);
      default -> Optional.empty();
    };
  }

  private static Optional<String> mark(boolean isSet) {
    return isSet ? Optional.of("") : Optional.empty();
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    Predicate<UsageRecord> conditions() {
      Predicate<UsageRecord> all = condition();
      while (at < text.length()) {
        if (text.charAt(at) != ',') {
          throw fail("expected separator or end of input");
        }
        at++;
        all = all.and(condition());
      }
      return all;
    }

    private Predicate<UsageRecord> condition() {
      var key = word(false);
      if (key.isEmpty()) {
        throw fail("expected field");
      }
      if (at == text.length() || text.charAt(at) == ',') {
        return record -> value(record, key).isPresent();
      }
      var operator = text.substring(at, Math.min(at + 2, text.length()));
      if (!operator.equals("==") && !operator.equals("!=") && !operator.equals("~=")) {
        throw fail("expected an operator");
      }
      at += 2;
      var wanted = operand();
      return switch (operator) {
        case "==" -> record -> value(record, key).filter(wanted::equals).isPresent();
        case "!=" -> record -> value(record, key).filter(wanted::equals).isEmpty();
        default -> matching(key, wanted);
      };
    }

    private Predicate<UsageRecord> matching(String key, String expression) {
      try {
        var pattern = Pattern.compile(expression);
        return record -> value(record, key).filter(v -> pattern.matcher(v).find()).isPresent();
      } catch (PatternSyntaxException _) {
        throw fail("invalid expression");
      }
    }

    private String operand() {
      if (at < text.length() && text.charAt(at) == '"') {
        return quoted();
      }
      var value = word(true);
      if (value.isEmpty()) {
        throw fail("expected value or quoted");
      }
      return value;
    }

    private String quoted() {
      var value = new StringBuilder();
      for (int i = at + 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"') {
          at = i + 1;
          return value.toString();
        }
        if (c == '\\' && i + 1 < text.length()) {
          i++;
          c = text.charAt(i);
        }
        value.append(c);
      }
      throw fail("unterminated quote");
    }

    private String word(boolean isValue) {
      int start = at;
      while (at < text.length() && isWord(text.charAt(at), isValue && at > start)) {
        at++;
      }
      return text.substring(start, at);
    }

    private static boolean isWord(char c, boolean hasMarks) {
      return Character.isLetterOrDigit(c)
          || c == '_'
          || c == '-'
          || (hasMarks && "./:@+;".indexOf(c) >= 0);
    }

    private BuildException fail(String reason) {
      int end = Math.min(at + 1, text.length());
      return BuildException.invalid(
          "filters: parse error: ["
              + text.substring(0, at)
              + " >|"
              + text.substring(at, end)
              + "|< "
              + text.substring(end)
              + "]: "
              + reason
              + ": invalid argument");
    }
  }
}
