package org.jbuildkit.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceExcerptTest {
  private static String excerpt(String text, int first, int last) {
    return SourceExcerpt.of(
            new ErrorDetail.Source(
                "Dockerfile",
                "",
                text.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                List.of(ErrorDetail.Range.lines(first, last))))
        .orElse("");
  }

  @Test
  void hitOnTheLastLineShowsWhatIsThere() {
    assertThat(excerpt("FROM busybox\nRUN false\n", 2, 2))
        .isEqualTo(
            """
            Dockerfile:2
            --------------------
               1 |     FROM busybox
               2 | >>> RUN false
               3 |    \s
            --------------------
            """);
  }

  @Test
  void paddingDependsOnTheHit() {
    var text = "x\n".repeat(19) + "x";
    assertThat(excerpt(text, 5, 5).lines().count()).isEqualTo(3 + 5);
    assertThat(excerpt(text, 5, 6).lines().count()).isEqualTo(3 + 4);
    assertThat(excerpt(text, 1, 1).lines().count()).isEqualTo(3 + 3);
    assertThat(excerpt(text, 21, 21)).isEmpty();
  }
}
