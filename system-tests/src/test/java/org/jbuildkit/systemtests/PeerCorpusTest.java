package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Dockerfiles as people write them, looked at by our daemon and by Docker's engine: both tell the
 * same outline and the same breaches of rules.
 */
@Timeout(300)
class PeerCorpusTest {
  private static final Path CORPUS =
      Path.of("../dockerfile/src/test/resources/corpus").toAbsolutePath().normalize();
  private static final String UNREACHED = ": failed to do request: ";
  private static final Pattern LOGGED =
      Pattern.compile("(?m)^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8} .*\\R+");
  private static final Pattern DEFINITION =
      Pattern.compile("(?ms)^ {6}\"definition\": \\{.*?^ {6}\\},?$");

  /** They use flags that came after the peer. */
  private static final Set<String> TOO_NEW =
      Set.of(
          "everything-once.Dockerfile",
          "monorepo-bake-targets.Dockerfile",
          "network-and-security.Dockerfile");

  @TempDir private static Path shared;
  private static TwoEngines engines;

  @BeforeAll
  static void start() throws Exception {
    engines = TwoEngines.start(shared);
    Files.createDirectory(shared.resolve("empty"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (engines != null) {
      engines.close();
    }
  }

  static Stream<String> files() throws IOException {
    try (var files = Files.list(CORPUS)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> !TOO_NEW.contains(name))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void bothEnginesTellTheSame(String name) throws Exception {
    // The language is that of the engine.
    var text =
        Files.readString(CORPUS.resolve(name)).replaceFirst("(?im)\\A# *syntax *=.*$", "# none");
    var file = Files.writeString(shared.resolve(name), text);
    for (var call : List.of("outline", "lint")) {
      var ours = told(TwoEngines.Engine.OURS, call, file, text);
      var theirs = told(TwoEngines.Engine.THEIRS, call, file, text);
      if (theirs.contains(UNREACHED)) {
        // Of several images that can't be reached either may be told of.
        assertThat(ours).as(call).contains(UNREACHED);
      } else {
        assertThat(ours).as(call).isEqualTo(theirs);
      }
    }
  }

  private static String told(TwoEngines.Engine which, String call, Path file, String text)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("build", "--progress=quiet"));
    words.add("--call=" + call + ",format=json");
    words.add("--file=" + file);
    for (var image : CorpusFiles.images(text)) {
      words.add("--build-context=" + image + "=oci-layout://" + engines.base());
    }
    words.add(shared.resolve("empty").toString());
    // What the client logs of its connections depends on when they end.
    var output = LOGGED.matcher(engines.run(which, words).output()).replaceAll("");
    // The definition of where a file came from has a session's id in it.
    return OutlineOrder.settled(DEFINITION.matcher(output).replaceAll(""));
  }
}
