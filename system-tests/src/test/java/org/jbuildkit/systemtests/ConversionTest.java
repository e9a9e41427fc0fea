package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dockerfiles as people write them and such as nobody would, converted by our daemon and by
 * Docker's engine: both make the same graphs, with the same names and places, and the same images,
 * or tell of the same mistakes. A file made by chance that differs is shown as small as it gets.
 */
@Timeout(300)
class ConversionTest {
  private static final Path CORPUS =
      Path.of("../dockerfile/src/test/resources/corpus").toAbsolutePath().normalize();
  private static final long FIRST_SEED = Long.getLong("conversion.seed", 1);
  private static final int SEEDS = Integer.getInteger("conversion.seeds", 120);

  @TempDir private static Path shared;
  private static DockerEngine engine;
  private static ConversionPair pair;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "engines mount: needs root");
    engine = DockerEngine.start(shared.resolve("docker"));
    pair = ConversionPair.start(shared, DockerBuilder.dial(engine, shared));
  }

  @AfterAll
  static void stop() throws Exception {
    if (pair != null) {
      pair.close();
    }
    if (engine != null) {
      engine.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> filesOfTheCorpusBecomeTheSameGraphs() throws IOException {
    List<Path> files;
    try (var all = Files.list(CORPUS)) {
      files = all.sorted().toList();
    }
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(file.getFileName().toString(), () -> compareConversion(file)));
  }

  private static void compareConversion(Path file) throws IOException, InterruptedException {
    // The language is that of the engine.
    var text = Files.readString(file).replaceFirst("(?im)\\A# *syntax *=.*$", "# none");
    var answers = CorpusFiles.ask("", text, pair);
    if (!ConversionPair.agree(answers)) {
      assertThat(answers.ours()).isEqualTo(answers.theirs());
    }
  }

  @TestFactory
  Stream<DynamicTest> filesMadeByChanceBecomeTheSame() {
    return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> compareRandom(seed)));
  }

  private static void compareRandom(long seed) throws IOException, InterruptedException {
    var question = RandomDockerfile.of(seed, pair.image(""));
    for (var request : List.of("", "lint", "outline")) {
      var difference = new ConversionDifference(pair, request);
      if (difference.isIn(question)) {
        var small = difference.smallest(question);
        var answers = pair.ask(request, small);
        assertThat(answers.ours()).as("%s of %s", request, small).isEqualTo(answers.theirs());
      }
    }
  }
}
