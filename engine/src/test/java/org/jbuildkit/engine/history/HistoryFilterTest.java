package org.jbuildkit.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryFilterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final BuildHistoryRecord RECORD =
      BuildHistoryRecord.newBuilder()
          .setRef("abc123")
          .putFrontendAttrs("context", "https://example.com/r.git#main")
          .setCreatedAt(Timestamps.of(NOW.minusSeconds(100)))
          .setCompletedAt(Timestamps.of(NOW.minusSeconds(40)))
          .build();

  private static boolean matches(BuildHistoryRecord record, String... alternatives) {
    return HistoryFilter.parse(List.of(alternatives), NOW).matches(record);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ref==abc123",
        "ref~=^abc,status==completed",
        "repository==https://example.com/r.git",
        "startedAt<1m",
        "startedAt>=2026-01-01T23:58:00Z",
        "completedAt>1m,status!=error",
        "duration>=1m",
        "duration<61s,ref",
        "\"status~=|comp|\"",
      })
  void holds(String filter) {
    assertThat(matches(RECORD, filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ref==x", "status==running", "startedAt>1m", "duration>60s", "other"})
  void doesNotHold(String filter) {
    assertThat(matches(RECORD, filter)).isFalse();
  }

  @Test
  void linesAreAlternatives() {
    assertThat(matches(RECORD, "ref==x", "status==completed")).isTrue();
  }

  @Test
  void aRunningBuildHasNoEndAndNoDuration() {
    var running = RECORD.toBuilder().clearCompletedAt().build();
    assertThat(matches(running, "status==running,duration<1ns,completedAt<=0s")).isTrue();
  }

  @Test
  void canceledBuildsAreNoErrors() {
    var canceled = RECORD.toBuilder();
    canceled.getErrorBuilder().setMessage("solve: context canceled");
    assertThat(matches(canceled.build(), "status==canceled")).isTrue();
    canceled.getErrorBuilder().setMessage("exit code: 1");
    assertThat(matches(canceled.build(), "status==error")).isTrue();
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> matches(RECORD, "startedAt>yesterday"))
        .hasMessage("invalid time yesterday");
    assertThatThrownBy(() -> matches(RECORD, "duration>x")).hasMessage("invalid duration x");
    assertThatThrownBy(() -> matches(RECORD, "status=completed"))
        .hasMessage(
            "failed to parse history filters status=completed: filters: parse error: [status"
                + " >|=|< completed]: unsupported operator \"=\": invalid argument");
    assertThatThrownBy(() -> matches(RECORD, "\"x"))
        .hasMessage("parse error on line 1, column 2: extraneous or missing \" in quoted-field");
  }
}
