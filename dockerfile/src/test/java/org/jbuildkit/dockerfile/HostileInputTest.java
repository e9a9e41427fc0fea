package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Large files of one nasty kind end with a result or a mistake that is told, whatever they hold.
 * Run as a program, the class prints how long sizes and kinds take.
 */
class HostileInputTest {
  private static final int SMALL = 100_000;

  /** A Dockerfile of about so many bytes, and the ignore file beside it. */
  private record Input(String file, String ignored) {
    Input(String file) {
      this(file, "");
    }
  }

  private static String times(int size, String piece) {
    return piece.repeat(Math.max(1, size / piece.length()));
  }

  private static String numbered(int size, String format) {
    var out = new StringBuilder();
    for (int i = 1; out.length() < size; i++) {
      out.append(format.replace("%d", Integer.toString(i)).replace("%p", Integer.toString(i - 1)));
    }
    return out.toString();
  }

  private static Map<String, IntFunction<Input>> kinds() {
    var kinds = new LinkedHashMap<String, IntFunction<Input>>();
    kinds.put("one line", n -> new Input("FROM a\nRUN " + "x".repeat(n)));
    kinds.put("steps", n -> new Input("FROM a\n" + times(n, "RUN x\n")));
    kinds.put("labels", n -> new Input("FROM a\n" + numbered(n, "LABEL l%d=v\n")));
    kinds.put("variables", n -> new Input("FROM a\n" + numbered(n, "ENV v%d=v\n")));
    kinds.put(
        "variables in one", n -> new Input("FROM a\nENV " + numbered(n, "v%d=v \\\n") + "z=z"));
    kinds.put("arguments in one", n -> new Input("FROM a\nARG " + numbered(n, "v%d=v \\\n") + "z"));
    kinds.put("unknown variables", n -> new Input("FROM a\n" + numbered(n, "ENV v%d=$u%d\n")));
    kinds.put(
        "unknown in one", n -> new Input("FROM a\nENV " + numbered(n, "v%d=$u%d \\\n") + "z=z"));
    kinds.put("continuations", n -> new Input("FROM a\nRUN " + times(n, "a \\\n") + "b"));
    kinds.put("empty continuations", n -> new Input("FROM a\nRUN a \\\n" + times(n, " \n") + "b"));
    kinds.put("comments", n -> new Input(times(n, "# a b\n") + "FROM a"));
    kinds.put("nested", n -> new Input("FROM a\nLABEL a=" + times(n, "${a:-\\\n") + "b"));
    kinds.put("dollars", n -> new Input("FROM a\nLABEL a=" + times(n, "$a$\\\n") + "b"));
    kinds.put("single quotes", n -> new Input("FROM a\nLABEL a=" + times(n, "''\\\n") + "b"));
    kinds.put("double quotes", n -> new Input("FROM a\nLABEL a=" + times(n, "\"\"\\\n") + "b"));
    kinds.put("escapes", n -> new Input("FROM a\nLABEL a=" + times(n, "\\a\\b\\\n") + "b"));
    kinds.put("open document", n -> new Input("FROM a\nRUN <<E\n" + times(n, "<<E x\n")));
    kinds.put("long document", n -> new Input("FROM a\nCOPY <<E /\n" + times(n, "\t$a x\n") + "E"));
    kinds.put(
        "markers",
        n -> new Input("FROM a\nRUN " + times(n / 2, "<<E \\\n") + "x\n" + times(n / 2, "E\n")));
    kinds.put(
        "copied documents",
        n -> new Input("FROM a\nCOPY " + times(n / 2, "<<E \\\n") + "/\n" + times(n / 2, "E\n")));
    kinds.put("marker and blanks", n -> new Input("FROM a\nRUN <<" + times(n, "   \\\n") + "E\nE"));
    kinds.put(
        "flags",
        n -> new Input("FROM a\nRUN " + numbered(n, "--mount=type=tmpfs,target=/x%d \\\n") + "x"));
    kinds.put("one flag", n -> new Input("FROM a\nRUN --mount=" + times(n, "a=b,a,\\\n") + " x"));
    kinds.put(
        "excludes", n -> new Input("FROM a\nCOPY " + numbered(n, "--exclude=x%d \\\n") + "a b"));
    kinds.put(
        "flag quotes", n -> new Input("FROM a\nRUN --network=" + times(n, "\"'\"\\\n") + " x"));
    kinds.put("sources", n -> new Input("FROM a\nCOPY " + numbered(n, "f%d \\\n") + "/x/"));
    kinds.put("list", n -> new Input("FROM a\nRUN [" + times(n, "\"a\",\\\n") + "\"b\"]"));
    kinds.put("deep list", n -> new Input("FROM a\nRUN " + times(n, "[\\\n")));
    kinds.put("ports", n -> new Input("FROM a\n" + times(n, "EXPOSE 1-65535\n")));
    kinds.put("ports in one", n -> new Input("FROM a\nEXPOSE " + times(n, "1-65535 \\\n") + "1"));
    kinds.put("stages", n -> new Input(numbered(n, "FROM a AS s%d\n")));
    kinds.put(
        "stages on each other",
        n -> new Input("FROM a AS s0\n" + numbered(n, "FROM s%p AS s%d\nUSER u\n")));
    kinds.put(
        "stages from each other",
        n -> new Input("FROM a AS s0\n" + numbered(n, "FROM a AS s%d\nCOPY --from=s%p a b\n")));
    kinds.put("triggers", n -> new Input("FROM a AS b\n" + times(n, "ONBUILD RUN x\n") + "FROM b"));
    kinds.put("doubling", n -> new Input("FROM a\nENV a=xxxxxxxx\n" + times(n, "ENV a=$a$a\n")));
    kinds.put(
        "pattern",
        n ->
            new Input(
                "FROM a\nENV a="
                    + times(n / 2, "aaaaa\\\n")
                    + "\nLABEL b=${a##"
                    + times(n / 2, "*a?\\\n")
                    + "}"));
    kinds.put(
        "replacement",
        n ->
            new Input(
                "FROM a\nENV a="
                    + times(n / 2, "aaaaa\\\n")
                    + "\nLABEL b=${a//a/"
                    + times(n / 2, "b\\\n")
                    + "}"));
    kinds.put("signal", n -> new Input("FROM a\nSTOPSIGNAL " + times(n, "11111\\\n") + "x"));
    kinds.put("slashes", n -> new Input("FROM a\nADD https://h" + times(n, "/////\\\n") + "?a /"));
    kinds.put("address", n -> new Input("FROM a\nADD https://" + times(n, "a@b:c\\\n") + ".git /"));
    kinds.put("users", n -> new Input("FROM a\nADD " + times(n, "a-a_a\\\n") + "@h /"));
    kinds.put(
        "durations",
        n -> new Input("FROM a\nHEALTHCHECK --interval=" + times(n, "1ns1s\\\n") + " CMD x"));
    kinds.put("modes", n -> new Input("FROM a\nCOPY --chmod=" + times(n, "u+x,\\\n") + " a b"));
    kinds.put("image name", n -> new Input("FROM " + times(n, "a-a__a/\\\n") + "b"));
    kinds.put("keyword", n -> new Input("FROM a\n" + times(n, "abcdef\\\n") + " b"));
    kinds.put(
        "ignored names",
        n ->
            new Input(
                "FROM a\nCOPY " + numbered(n / 2, "f%d \\\n") + "/x/", numbered(n / 2, "g%d\n")));
    kinds.put(
        "ignored patterns",
        n ->
            new Input(
                "FROM a\nCOPY " + numbered(n / 2, "f%d \\\n") + "/x/",
                numbered(n / 2, "**/*g%d?\n")));
    kinds.put(
        "ignored stars",
        n ->
            new Input(
                "FROM a\nCOPY " + "a".repeat(1000) + " /x/", times(Math.min(n, 60_000), "**/a*")));
    return kinds;
  }

  private static String run(Input input) throws InterruptedException {
    var client = new MemoryClient(input.file(), Map.of());
    if (!input.ignored().isEmpty()) {
      client.with(".dockerignore", input.ignored());
    }
    try {
      var result = DockerfileFrontend.solve(client);
      return result.trees().size() + " trees";
    } catch (BuildException e) {
      var text = BuildException.describe(e);
      return "mistake: " + text.substring(0, Math.min(text.length(), 70)).replace('\n', ' ');
    }
  }

  @TestFactory
  Stream<DynamicTest> largeFilesOfAnyKindEnd() {
    return kinds().entrySet().stream()
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.getKey(), () -> assertThat(run(kind.getValue().apply(SMALL))).isNotEmpty()));
  }

  /** Prints milliseconds by kind and size; names of kinds as arguments, or none for all. */
  public static void main(String[] names) throws InterruptedException {
    for (var kind : kinds().entrySet()) {
      if (names.length == 0 || List.of(names).contains(kind.getKey())) {
        var row = new StringBuilder(String.format(Locale.ROOT, "%-22s", kind.getKey()));
        var result = "";
        long took = 0;
        for (int size : new int[] {500_000, 1_000_000, 2_000_000, 5_000_000}) {
          if (took > 20_000) {
            row.append(String.format(Locale.ROOT, "%8s", "-"));
            continue;
          }
          var input = kind.getValue().apply(size);
          long start = System.nanoTime();
          try {
            result = run(input);
          } catch (OutOfMemoryError | StackOverflowError e) {
            result = e.toString();
            took = Long.MAX_VALUE / 2;
          }
          took = Math.max(took / 2, (System.nanoTime() - start) / 1_000_000);
          row.append(String.format(Locale.ROOT, "%8d", (System.nanoTime() - start) / 1_000_000));
        }
        System.out.println(row + "  " + result);
      }
    }
  }
}
