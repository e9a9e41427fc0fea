package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Mistakes: the text, then the places told with it, outermost first. */
class ErrorVectorsTest {
  @TestFactory
  Stream<DynamicTest> mistakesAreToldInUpstreamsWordsAndPlaces() throws IOException {
    return VectorCase.tests(
        "errors.txt",
        c -> {
          var error = catchThrowable(() -> DockerfileFrontend.solve(c.client()));
          assertThat(told(error)).as(c.title()).isEqualTo(c.wanted());
        });
  }

  private static List<String> told(Throwable error) {
    if (!(error instanceof BuildException build)) {
      return List.of(String.valueOf(error));
    }
    var told = new ArrayList<>(List.of(BuildException.describe(build)));
    for (var detail : build.details()) {
      if (detail instanceof ErrorDetail.Source source && !source.ranges().isEmpty()) {
        told.add(
            "at %d-%d"
                .formatted(
                    source.ranges().getFirst().startLine(), source.ranges().getLast().endLine()));
      }
    }
    return told;
  }
}
