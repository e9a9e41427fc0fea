package org.jbuildkit.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.glob.IgnoreFile;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.dockerfile.DockerfileFrontend;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.InstructionReader;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.dockerfile.syntax.Words;

/** Files in the Dockerfile language and beside it: the only answers are results and mistakes. */
class DockerfileFuzzTest {
  private static final List<String> REQUESTS =
      List.of("", "frontend.lint", "frontend.outline", "frontend.targets", "frontend.explain");

  @FuzzTest
  void lines(byte @NotNull [] file) {
    try {
      var parsed = DockerfileParser.parse(file);
      for (var line : parsed.lines()) {
        if (line.firstLine() < 1 || line.lastLine() < line.firstLine()) {
          throw new AssertionError("lines " + line.firstLine() + " to " + line.lastLine());
        }
        var _ = InstructionReader.read(line, parsed.escape());
      }
    } catch (SyntaxException | BuildException _) {
      // Told.
    }
  }

  @FuzzTest
  void words(@NotNull String text, @NotNull List<@NotNull String> values, boolean isBacktick) {
    char escape = isBacktick ? '`' : '\\';
    var variables = new HashMap<String, String>();
    for (int i = 0; i < values.size(); i++) {
      variables.put(String.valueOf((char) ('a' + i % 26)), values.get(i));
    }
    for (var style : Words.Style.values()) {
      try {
        var _ = Words.expand(text, escape, variables::get, style);
      } catch (BuildException _) {
        // Told.
      }
    }
    try {
      var _ = Words.words(text, escape, variables::get);
    } catch (BuildException _) {
      // Told.
    }
    if (text.indexOf('$') < 0 && text.indexOf('\\') < 0) {
      checkSplit(text);
    }
  }

  /** Words keep all but the blanks between them. Escapes may double, as upstream has it. */
  private static void checkSplit(String text) {
    var words = Words.split(text);
    int at = 0;
    for (var word : words) {
      at = text.indexOf(word, at);
      if (at < 0) {
        throw new AssertionError("no part of the text: " + word);
      }
      at += word.length();
    }
  }

  @FuzzTest
  void ignoreFiles(byte @NotNull [] file, @NotNull String path) {
    try {
      var patterns = PatternMatcher.of(IgnoreFile.read(file));
      var _ = patterns.matches(path);
      var match = PatternMatcher.Match.ROOT;
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        match = patterns.matches(path.substring(0, slash), match);
      }
      var _ = patterns.matches(path, match);
    } catch (BuildException _) {
      // Told.
    }
  }

  @FuzzTest
  void builds(@NotNull String file, @NotNull Map<@NotNull String, @NotNull String> options)
      throws InterruptedException {
    for (var request : REQUESTS) {
      var all = new HashMap<>(options);
      if (!request.isEmpty()) {
        all.put("requestid", request);
      }
      try {
        var _ = DockerfileFrontend.solve(new FileClient(text(file), all));
      } catch (BuildException e) {
        if (e.getCause() instanceof RuntimeException cause
            && !(cause instanceof BuildException)
            && !(cause instanceof IllegalArgumentException)
            && !(cause instanceof SyntaxException)) {
          throw e;
        }
      }
    }
  }

  /** Half of what the fuzzer makes gets to the instructions. */
  private static byte[] text(String file) {
    var text = file.length() % 2 == 0 ? file : "FROM a AS b\n" + file;
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
