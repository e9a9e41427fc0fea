package org.jbuildkit.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes scripts by chance: the same ones for the same seed. */
final class RandomOps {
  private static final List<String> NAMES = List.of("a", "b", "d", "foo", "l", "sub", "x");
  private static final String TIME = " +time=1000000000000000000";

  private final Random random;

  RandomOps(long seed) {
    this.random = new Random(seed);
  }

  private String pick(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private boolean oneOf(int n) {
    return random.nextInt(n) == 0;
  }

  /** A script that ends in a merge or a difference of trees one time out of two. */
  String next() {
    var statements = new ArrayList<String>();
    statements(statements, 3 + random.nextInt(5));
    if (oneOf(2)) {
      return String.join("; ", statements);
    }
    statements.add("as X");
    statements(statements, 2 + random.nextInt(4));
    statements.add("as Y");
    statements.add("from scratch");
    statements(statements, 2 + random.nextInt(4));
    statements.add("as Z");
    statements.add(
        pick(
            List.of(
                "merge X Z",
                "merge Z Y",
                "diff X Y",
                "diff Y X",
                "diff X Z",
                "diff X Y; as D; merge Z D",
                "diff Y X; as D; merge Y D; as E; merge E Z",
                "diff Z Y; as D; merge X D",
                "merge X Z; mkfile /late 600 z" + TIME)));
    return String.join("; ", statements);
  }

  private void statements(List<String> statements, int count) {
    for (int i = 0; i < count; i++) {
      statements.add(statement());
      if (oneOf(3)) {
        statements.add("cut");
      }
    }
  }

  private String path() {
    var path = new StringBuilder("/" + pick(NAMES));
    while (oneOf(3)) {
      path.append('/').append(pick(NAMES));
    }
    return path.toString();
  }

  private String statement() {
    return switch (random.nextInt(7)) {
      case 0 -> "mkdir " + path() + " " + pick(List.of("755", "700", "711")) + " +parents" + TIME;
      case 1 -> "mkfile /" + pick(NAMES) + " 640 " + pick(NAMES) + TIME;
      case 2 ->
          "symlink "
              + pick(List.of("foo", "/d", "../../x", "sub"))
              + " /"
              + pick(NAMES)
              + random.nextInt(9)
              + TIME;
      case 3 -> "rm " + path() + " +missing";
      case 4 -> "rm /" + pick(List.of("*", "?", "d/*", "[a-d]")) + " +wild +missing";
      default -> copy();
    };
  }

  private String copy() {
    var from =
        pick(List.of("/", "/d", "/d/sub", "/foo", "/s", "/dl", "/d/*", "/*", "/d/l", "/s/hl1"));
    var text = new StringBuilder("copy S:" + from + " " + path());
    if (oneOf(2)) {
      text.append('/');
    }
    text.append(" +parents").append(from.contains("*") ? " +wild +empty" : "");
    for (var option :
        List.of(
            "+contents",
            "+follow",
            "+replace",
            "+replace",
            "+mode=4751",
            "+modestr=g-r,u+x",
            "+own=3:4",
            "+time=1100000000000000000",
            "+inc=sub",
            "+exc=sub,*.txt",
            "+unpack")) {
      if (oneOf(4)) {
        text.append(' ').append(option);
      }
    }
    return text.toString();
  }
}
