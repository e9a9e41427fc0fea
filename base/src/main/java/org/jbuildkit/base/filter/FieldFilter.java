package org.jbuildkit.base.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.filter.FilterScanner.Kind;
import org.jbuildkit.base.filter.FilterScanner.Token;

/**
 * Chooses things by their fields. Written as alternatives, each a comma-separated list of
 * conditions {@code field}, {@code field==value}, {@code field!=value} or {@code field~=expression}
 * that must all hold. A field is a path of names with dots; values with unusual characters are
 * quoted, with {@code "} or, after {@code ~=}, also with {@code /} or {@code |}. An absent field is
 * not present, and is as if empty for {@code !=}. No alternatives, or an empty one, choose
 * everything.
 */
public final class FieldFilter {
  /** Chooses everything. */
  public static final FieldFilter ALL = new FieldFilter(List.of());

  private final List<Predicate<Fields>> alternatives;

  /** What a thing says of itself: the value at a path of names, or nothing. */
  @FunctionalInterface
  public interface Fields extends Function<List<String>, Optional<String>> {}

  private FieldFilter(List<Predicate<Fields>> alternatives) {
    this.alternatives = List.copyOf(alternatives);
  }

  /**
   * Reads alternatives.
   *
   * @throws BuildException {@code filters: parse error: [before >|x|< after]: …}
   */
  public static FieldFilter parse(List<String> alternatives) {
    var parsed = new ArrayList<Predicate<Fields>>();
    for (var text : alternatives) {
      parsed.add(text.isEmpty() ? _ -> true : new Parser(text).conditions());
    }
    return new FieldFilter(parsed);
  }

  public boolean matches(Fields fields) {
    return alternatives.isEmpty() || alternatives.stream().anyMatch(one -> one.test(fields));
  }

  private static final class Parser {
    private final String text;
    private final FilterScanner scanner;

    Parser(String text) {
      this.text = text;
      this.scanner = new FilterScanner(text);
    }

    Predicate<Fields> conditions() {
      var all = condition();
      while (scanner.peek() != 0) {
        if (scanner.peek() != ',') {
          throw fail(scanner.position(), "unexpected input: " + Character.toString(scanner.peek()));
        }
        var _ = scanner.scan();
        all = all.and(condition());
      }
      return all;
    }

    private Predicate<Fields> condition() {
      var path = path();
      if (scanner.peek() == ',' || scanner.peek() == 0) {
        return fields -> fields.apply(path).isPresent();
      }
      var operator = operator();
      var wanted = value(operator.equals("~="));
      return switch (operator) {
        case "==" -> fields -> fields.apply(path).filter(wanted::equals).isPresent();
        case "!=" -> fields -> !fields.apply(path).orElse("").equals(wanted);
        default -> matching(path, wanted);
      };
    }

    private static Predicate<Fields> matching(List<String> path, String expression) {
      try {
        var pattern = Pattern.compile(expression);
        return fields -> fields.apply(path).filter(v -> pattern.matcher(v).find()).isPresent();
      } catch (PatternSyntaxException _) {
        // As with peers: an expression that is none matches nothing.
        return _ -> false;
      }
    }

    private List<String> path() {
      var names = new ArrayList<String>();
      names.add(field());
      while (scanner.peek() == '.') {
        var _ = scanner.scan();
        names.add(field());
      }
      return List.copyOf(names);
    }

    private String field() {
      var token = scanner.scan();
      return switch (token.kind()) {
        case FIELD -> token.text();
        case QUOTED -> unquote(token, false);
        case ILLEGAL -> throw fail(token.at(), "quoted literal not terminated");
        default -> throw fail(token.at(), "expected field or quoted");
      };
    }

    private String operator() {
      var token = scanner.scan();
      if (token.kind() == Kind.OPERATOR) {
        if (List.of("==", "!=", "~=").contains(token.text())) {
          return token.text();
        }
        throw fail(token.at(), "unsupported operator " + GoQuote.quote(token.text()));
      }
      throw fail(token.at(), "expected an operator (\"==\"|\"!=\"|\"~=\")");
    }

    private String value(boolean isExpression) {
      var token = scanner.scan();
      return switch (token.kind()) {
        case VALUE, FIELD -> token.text();
        case QUOTED -> unquote(token, isExpression);
        case ILLEGAL -> throw fail(token.at(), "quoted literal not terminated");
        default -> throw fail(token.at(), "expected value or quoted");
      };
    }

    private String unquote(Token token, boolean allowsAll) {
      if (!allowsAll && token.text().charAt(0) != '"') {
        throw fail(token.at(), "invalid quote encountered");
      }
      try {
        return Quoted.unquote(token.text());
      } catch (IllegalArgumentException e) {
        throw fail(token.at(), "unquoting failed: " + e.getMessage());
      }
    }

    private BuildException fail(int at, String problem) {
      var place =
          at < text.length()
              ? text.substring(0, at) + " >|" + text.charAt(at) + "|< " + text.substring(at + 1)
              : text;
      return BuildException.failed(
          "filters: parse error: [" + place + "]: " + problem + ": invalid argument");
    }
  }
}
