package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.junit.jupiter.api.Test;

class SyntaxChoiceTest {
  private static final class Images extends MemoryClient {
    private final List<SequencedMap<String, String>> runs = new ArrayList<>();
    private Optional<BuildException> failure = Optional.empty();

    Images(String text, Map<String, String> options) {
      super(text, options);
    }

    private record Made() implements Forwarded {}

    @Override
    public Optional<Forwarded> forward(SequencedMap<String, String> options) {
      runs.add(new LinkedHashMap<>(options));
      if (failure.isPresent()) {
        throw failure.get();
      }
      return Optional.of(new Made());
    }
  }

  @Test
  void theFilesOwnImageGetsTheWholeLineAndAllOptions() throws Exception {
    var client =
        new Images("#!/x\n# escape=`\n# syntax=other/x:1 y z\nNOPE\n", Map.of("target", "t"));
    assertThat(DockerfileFrontend.solve(client).forwarded()).contains(new Images.Made());
    assertThat(client.runs)
        .containsExactly(
            new LinkedHashMap<>(
                Map.of("target", "t", "cmdline", "other/x:1 y z", "source", "other/x:1")));
  }

  @Test
  void theArgumentComesBeforeTheFile() throws Exception {
    var client =
        new Images("# syntax=other/x\nNOPE\n", Map.of("build-arg:BUILDKIT_SYNTAX", "mine/y"));
    assertThat(DockerfileFrontend.solve(client).forwarded()).isPresent();
    assertThat(client.runs.getFirst()).containsEntry("source", "mine/y");
  }

  @Test
  void whatWasForwardedIsNotForwardedAgain() throws Exception {
    var client =
        new Images("# syntax=other/x\nFROM scratch\nENV a=b\n", Map.of("cmdline", "other/x"));
    assertThat(DockerfileFrontend.solve(client).forwarded()).isEmpty();
    assertThat(client.runs).isEmpty();
  }

  @Test
  void failuresOfAnImageAreSaidOfTheLineOrTheArgumentThatNamesIt() {
    var inFile = new Images("# escape=`\n# syntax=other/x\n", Map.of());
    inFile.failure = Optional.of(BuildException.failed("gone"));
    var error = catchThrowableOfType(BuildException.class, () -> DockerfileFrontend.solve(inFile));
    assertThat(error).hasMessage("gone");
    assertThat(error.details())
        .filteredOn(ErrorDetail.Source.class::isInstance)
        .extracting(detail -> ((ErrorDetail.Source) detail).ranges())
        .containsExactly(List.of(ErrorDetail.Range.lines(2, 2)));
    var inArgument = new Images("FROM scratch\n", Map.of("build-arg:BUILDKIT_SYNTAX", "o a"));
    inArgument.failure = Optional.of(BuildException.failed("gone"));
    assertThatThrownBy(() -> DockerfileFrontend.solve(inArgument))
        .hasMessage("failed with build-arg:BUILDKIT_SYNTAX = o a: gone");
  }

  @Test
  void whatAnImageMayKnowIsLeftToIt() throws Exception {
    var caps = Map.of("frontend.caps", "some.thing+forward");
    var client = new Images("# syntax=other/x\n", caps);
    assertThat(DockerfileFrontend.solve(client).forwarded()).isPresent();
    assertThatThrownBy(() -> DockerfileFrontend.solve(new Images("FROM scratch\n", caps)))
        .hasMessage("unsupported frontend capability some.thing");
  }
}
