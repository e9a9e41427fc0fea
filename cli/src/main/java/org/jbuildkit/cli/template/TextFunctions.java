package org.jbuildkit.cli.template;

import static org.jbuildkit.cli.template.Function.Kind.ANY;
import static org.jbuildkit.cli.template.Function.Kind.INT;
import static org.jbuildkit.cli.template.Function.Kind.TEXT;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The functions on texts that templates of Docker's listings have besides those of the language.
 */
public final class TextFunctions {
  private static final Pattern WORD = Pattern.compile("(?<![\\p{L}\\p{N}_'])\\p{Ll}");

  private TextFunctions() {}

  /** {@code json}, {@code split}, {@code join}, {@code title}, {@code lower}, … by their names. */
  public static Map<String, Function> all() {
    return Map.of(
        "json",
        Function.of(a -> Value.of(a.getFirst().toJson().writeWithoutHtmlEscapes()), ANY),
        "split",
        Function.of(
            a -> split(Function.text(a.getFirst()), Function.text(a.getLast())), TEXT, TEXT),
        "join",
        Function.of(a -> Value.of(join(a.getFirst(), Function.text(a.getLast()))), ANY, TEXT),
        "title",
        Function.of(a -> Value.of(title(Function.text(a.getFirst()))), TEXT),
        "lower",
        Function.of(a -> Value.of(Function.text(a.getFirst()).toLowerCase(Locale.ROOT)), TEXT),
        "upper",
        Function.of(a -> Value.of(Function.text(a.getFirst()).toUpperCase(Locale.ROOT)), TEXT),
        "pad",
        Function.of(TextFunctions::pad, TEXT, INT, INT),
        "truncate",
        Function.of(TextFunctions::truncate, TEXT, INT));
  }

  private static Value split(String text, String separator) {
    var parts =
        separator.isEmpty()
            ? text.codePoints().mapToObj(Character::toString).toList()
            : List.of(text.split(Pattern.quote(separator), -1));
    return Value.ofTexts(parts);
  }

  private static String join(Value list, String separator) {
    if (!(list instanceof Value.Items items)) {
      throw new TemplateException(
          "wrong type for value; expected []string; got " + list.typeName());
    }
    return String.join(separator, items.elements().stream().map(Function::text).toList());
  }

  private static String title(String text) {
    return WORD.matcher(text).replaceAll(match -> match.group().toUpperCase(Locale.ROOT));
  }

  private static Value pad(List<Value> arguments) {
    var text = Function.text(arguments.get(0));
    int before = Math.clamp(Function.number(arguments.get(1)), 0, 10_000);
    int after = Math.clamp(Function.number(arguments.get(2)), 0, 10_000);
    return Value.of(text.isEmpty() ? "" : " ".repeat(before) + text + " ".repeat(after));
  }

  private static Value truncate(List<Value> arguments) {
    var text = Function.text(arguments.getFirst());
    int length = Math.max(0, Function.number(arguments.getLast()));
    return Value.of(text.length() <= length ? text : text.substring(0, length));
  }
}
