package org.jbuildkit.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Words of Dockerfiles by chance: names, values, expansions in all forms, quotes and escapes. */
final class RandomWords {
  private static final List<String> NAMES =
      List.of("A", "B", "CC", "PATH", "BASE", "TARGETARCH", "TARGETPLATFORM", "HOME", "D_1", "T");
  private static final List<String> PATHS =
      List.of(
          "a", "b.txt", "./c/", "/d/e", "../f", ".", "/", "*.go", "g?", "x/**/y", "h/", "//i//j",
          "k/../l", "-m", "n.tar.gz", "ö", "[o-q]");
  private static final List<String> PLAIN =
      List.of("x", "foo", "foo.bar", "1", "a=b", "a:b", "xyzzy", "a,b", "-", "#no", "ü", "~", "/a/b");
  private static final List<String> ODD =
      List.of("\"open", "'open", "${A", "${", "$", "${:x}", "${A!x}", "${A:}", "\\", "${A/b}", "[]");

  private final RandomGenerator random;
  private final char escape;

  RandomWords(RandomGenerator random, char escape) {
    this.random = random;
    this.escape = escape;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  String one(String words) {
    return one(List.of(words.split(" ", -1)));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  int number(int below) {
    return random.nextInt(below);
  }

  String name() {
    return one(NAMES);
  }

  String path() {
    return chance(75) ? one(PATHS) : chance(50) ? one(PATHS) + expansion(1) : word();
  }

  /** A word without blanks outside of quotes. */
  String word() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> one(PLAIN);
      case 4, 5 -> expansion(2);
      case 6 -> one(PLAIN) + expansion(1) + one(PLAIN);
      case 7 -> "\"" + one(PLAIN) + (chance(50) ? " " + expansion(1) : "") + "\"";
      case 8 -> "'" + one(PLAIN) + (chance(50) ? " " + expansion(1) : "") + "'";
      case 9 -> one(PLAIN) + escape + one(List.of(" ", "$", "\"", "'", "n", "" + escape)) + "z";
      case 10 -> "\"" + escape + one(List.of("$", "\"", "n", "" + escape)) + name() + "\"";
      default -> chance(12) ? one(ODD) : "pre" + word();
    };
  }

  /** Some words, with a blank between. */
  String words(int most) {
    return IntStream.rangeClosed(0, random.nextInt(most))
        .mapToObj(_ -> word())
        .collect(Collectors.joining(" "));
  }

  List<String> paths(int most) {
    var paths = new ArrayList<String>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      paths.add(path());
    }
    return paths;
  }

  /** A variable in one of its forms. */
  String expansion(int depth) {
    var name = name();
    if (chance(45)) {
      return chance(50) ? "$" + name : "${" + name + "}";
    }
    var operator = one(": - :- + :+ # ## % %% / // :- :+").strip();
    if (operator.equals(":")) {
      operator = chance(85) ? ":-" : one(":? ?");
    }
    var inner = depth > 0 && chance(25) ? expansion(depth - 1) : one("x fo* *o o a ? [a-c] \\* q");
    var end = operator.startsWith("/") ? "/" + one("y z- $B") : "";
    return "${" + name + operator + inner + end + "}";
  }

  /** A list as JSON; sometimes one that is none. */
  String json(int most) {
    if (chance(4)) {
      return one(List.of("['a']", "[\"a\",]", "[\"a\"", "[1]", "[]", "[\"a\" \"b\"]"));
    }
    return IntStream.rangeClosed(0, random.nextInt(most))
        .mapToObj(_ ->
            "\""
                + (chance(70) ? one(PATHS) : expansion(1).replace("\\", "\\\\").replace("\"", ""))
                + "\"")
        .collect(Collectors.joining(chance(80) ? ", " : ",", "[", "]"));
  }
}
