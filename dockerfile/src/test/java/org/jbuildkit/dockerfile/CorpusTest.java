package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files as people write them are read, checked, described and converted for several platforms. */
class CorpusTest {
  private static final Path FOLDER = Path.of("src/test/resources/corpus");
  private static final List<String> REQUESTS =
      List.of(
          "frontend.lint",
          "frontend.targets",
          "frontend.outline",
          "frontend.convertllb",
          "frontend.explain",
          "frontend.subrequests.describe");

  @TestFactory
  Stream<DynamicTest> filesAsPeopleWriteThemAreBuilt() throws IOException {
    List<Path> files;
    try (var all = Files.list(FOLDER)) {
      files = all.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(60);
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                String.valueOf(file.getFileName()), () -> check(Files.readString(file, UTF_8))));
  }

  private static void check(String text) throws InterruptedException {
    for (var platforms : List.of("", "linux/arm64", "linux/amd64,linux/arm/v7,windows/amd64")) {
      var result = solve(text, Map.of("platform", platforms));
      assertThat(result.trees()).hasSize(platforms.split(",").length);
      assertThat(result.metadata()).containsKey("refs.platforms");
    }
    for (var request : REQUESTS) {
      var answer = solve(text, Map.of("requestid", request));
      var json = Json.parse(answer.metadata().getOrDefault("result.json", new byte[0]));
      if (request.equals("frontend.lint") && json instanceof Json.Obj lint) {
        assertThat(lint.object("buildError").text("message")).isEmpty();
      }
    }
  }

  private static FrontendResult solve(String text, Map<String, String> options)
      throws InterruptedException {
    return DockerfileFrontend.solve(new MemoryClient(text, options));
  }

  @Test
  void generatedFilesOfThousandsOfLinesAreBuilt() throws InterruptedException {
    var text = new StringBuilder("ARG BASE=alpine\n");
    for (int stage = 0; stage < 200; stage++) {
      text.append("# s%1$d is stage %1$d\nFROM ${BASE} AS s%1$d\n".formatted(stage));
      text.append(
          "ARG V%1$d=%1$d\nENV E%1$d=$V%1$d P=/p:$P\nLABEL l%1$d=\"$E%1$d\"\n".formatted(stage));
      text.append("WORKDIR /w%1$d\nCOPY f%1$d ./\nRUN <<EOF\necho %1$d\nEOF\n".formatted(stage));
      if (stage > 0) {
        text.append("COPY --from=s%d /w /from\n".formatted(stage - 1));
      }
    }
    assertThat(text.toString().lines().count()).isGreaterThan(2000);
    check(text.toString());
  }
}
