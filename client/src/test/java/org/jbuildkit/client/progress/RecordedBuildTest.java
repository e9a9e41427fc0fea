package org.jbuildkit.client.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded messages give the lines that BuildKit printed for the same build. */
class RecordedBuildTest {
  /** What a display waits between two draws. */
  private static final Duration DRAW_PAUSE = Duration.ofMillis(100);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ProgressOutput out = new ProgressOutput(new PrintStream(bytes, true));

  @ParameterizedTest
  @ValueSource(strings = {"run-basic", "args-env", "mounts"})
  void plainLinesAreBuildKits(String build) throws Exception {
    var display = new PlainDisplay(out, false, ProgressHeading.NONE);
    var drawn = Instant.EPOCH;
    for (var update : RecordedBuild.updates(build)) {
      display.add(update);
      var now = RecordedBuild.time(update);
      if (now.isAfter(drawn.plus(DRAW_PAUSE))) {
        display.refresh();
        drawn = now;
      }
    }
    display.finish();
    assertThat(lines(bytes.toString(StandardCharsets.UTF_8)))
        .isEqualTo(lines(RecordedBuild.text(build + ".plain")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-basic", "mounts"})
  void rawJsonIsBuildKitsByteForByte(String build) throws Exception {
    var display = new RawJsonDisplay(out);
    RecordedBuild.updates(build).forEach(display::add);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(RecordedBuild.text(build + ".rawjson"));
  }

  /** The lines without numbers of entries, times and sizes, which no two runs share. */
  private static SortedSet<String> lines(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("^#[0-9]+ ", ""))
        .filter(line -> !line.isEmpty() && !line.equals("..."))
        .map(line -> line.replaceFirst("^[0-9]+\\.[0-9]+ ", "LOG "))
        .map(line -> line.replaceAll(" [0-9]+(\\.[0-9]+)?s( |$)", " "))
        .map(line -> line.replaceFirst(" +$", "").replaceFirst("( done)+$", ""))
        .map(line -> line.replaceAll("[0-9.]+[kMG]?B( / [0-9.]+[kMG]?B)?", "SIZE"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
