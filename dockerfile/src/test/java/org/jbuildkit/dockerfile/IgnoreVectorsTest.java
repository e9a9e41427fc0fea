package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.base.glob.IgnoreFile;
import org.jbuildkit.base.glob.PatternMatcher;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What ignore files leave out of a directory. The first file of a case lists the directory, folders
 * with a slash at the end; wanted are the entries that are left out.
 */
class IgnoreVectorsTest {
  @TestFactory
  Stream<DynamicTest> ignoreFilesLeaveOutWhatUpstreamsDo() throws IOException {
    return VectorCase.tests(
        "ignore.txt",
        c -> {
          var patterns =
              IgnoreFile.read(c.files().getOrDefault(".dockerignore", "").getBytes(UTF_8));
          var entries = List.of(c.dockerfile().split("\\s+"));
          assertThat(left(entries, PatternMatcher.of(patterns))).isEqualTo(words(c.wanted()));
        });
  }

  private static List<String> words(List<String> lines) {
    return lines.isEmpty() ? List.of() : List.of(String.join(" ", lines).split(" "));
  }

  /** A walk as transfers make it: each folder hands its matches on to what is in it. */
  private static List<String> left(List<String> entries, PatternMatcher matcher) {
    var matches = new HashMap<String, PatternMatcher.Match>();
    matches.put("", PatternMatcher.Match.ROOT);
    var left = new ArrayList<String>();
    for (var entry : entries) {
      var path = entry.replaceFirst("/$", "");
      int slash = path.lastIndexOf('/');
      var parent =
          matches.getOrDefault(path.substring(0, Math.max(slash, 0)), PatternMatcher.Match.ROOT);
      var match = matcher.matches(path, parent);
      matches.put(path, match);
      if (match.isMatched()) {
        left.add(entry);
      }
    }
    return left;
  }
}
