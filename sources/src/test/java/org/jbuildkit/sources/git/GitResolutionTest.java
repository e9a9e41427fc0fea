package org.jbuildkit.sources.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jbuildkit.engine.Source;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.Test;

/** What a ref stands for, by what the remote says. */
class GitResolutionTest {
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);

  private static GitRequest request(String ref, Map<String, String> attributes) {
    var identifier = "h/r.git" + (ref.isEmpty() ? "" : "#" + ref);
    return GitRequest.of(new Source.Request("git", identifier, attributes, Platform.host()));
  }

  private static GitRevision unasked(GitResolution resolution) {
    throw new AssertionError("asked for " + resolution);
  }

  @Test
  void branchesGoBeforeTags() {
    var output = A + "\trefs/tags/x\n" + B + "\trefs/heads/x\n";

    assertThat(GitResolution.chosen("x", output)).isEqualTo(new GitRevision("refs/heads/x", B, B));
    assertThat(GitResolution.chosen("refs/tags/x", output))
        .isEqualTo(new GitRevision("refs/tags/x", A, A));
  }

  @Test
  void otherNamesInFullGoFirst() {
    var output = A + "\trefs/pull/1/head\n" + B + "\trefs/heads/refs/pull/1/head\n";

    assertThat(GitResolution.chosen("refs/pull/1/head", output).object()).isEqualTo(A);
    assertThat(GitResolution.chosen("pull/1/head", output).ref()).isEqualTo("refs/pull/1/head");
  }

  @Test
  void anAnnotatedTagHasACommit() {
    var output = A + "\trefs/tags/v1\n" + C + "\trefs/tags/v1^{}\n";

    assertThat(GitResolution.chosen("v1", output)).isEqualTo(new GitRevision("refs/tags/v1", A, C));
  }

  @Test
  void whatTheRemoteDoesNotHaveIsNotFound() {
    assertThatThrownBy(() -> GitResolution.chosen("x", A + "\trefs/heads/y/x\n"))
        .hasMessage("repository does not contain ref x, output: \"" + A + "\\trefs/heads/y/x\\n\"");
    assertThatThrownBy(() -> GitResolution.chosen("x", "--upload\trefs/heads/x\n"))
        .hasMessage("invalid commit sha \"--upload\"");
  }

  @Test
  void checksumsAreBeginningsOfTagOrCommit() throws Exception {
    var tag = new GitRevision("refs/tags/v1", A, C);

    for (var checksum : new String[] {"aaa", "ccc", A, C}) {
      var resolution = new GitResolution(request("v1", Map.of("git.checksum", checksum)));
      assertThat(resolution.resolve(asked -> asked.checked(tag))).isEqualTo(tag);
    }
    var other = new GitResolution(request("v1", Map.of("git.checksum", "AAA")));
    assertThatThrownBy(() -> other.resolve(asked -> asked.checked(tag)))
        .hasMessage("expected checksum to match AAA, got  or " + C);
    var noHex = new GitResolution(request("v1", Map.of("git.checksum", "xyz")));
    assertThatThrownBy(() -> noHex.resolve(_ -> tag))
        .hasMessage("invalid checksum xyz for Git URL, expected hex commit hash");
  }

  @Test
  void commitsAreNotAskedFor() throws Exception {
    assertThat(new GitResolution(request(B, Map.of())).resolve(GitResolutionTest::unasked))
        .isEqualTo(GitRevision.ofCommit(B));
    assertThatThrownBy(() ->
            new GitResolution(request(B, Map.of("git.checksum", "c")))
                .resolve(GitResolutionTest::unasked))
        .hasMessage("expected checksum to match c, got " + B);
  }

  @Test
  void fetchingByCommitNeedsOne() throws Exception {
    var full = Map.of("git.fetchbycommit", "true", "git.checksum", C);
    assertThat(new GitResolution(request("main", full)).resolve(GitResolutionTest::unasked))
        .isEqualTo(new GitRevision("refs/heads/main", C, C));
    assertThatThrownBy(() ->
            new GitResolution(request("main", Map.of("git.fetchbycommit", "true")))
                .resolve(GitResolutionTest::unasked))
        .hasMessage("fetch-by-commit requires a checksum or a commit SHA ref");
    var part = Map.of("git.fetchbycommit", "true", "git.checksum", "cc");
    assertThatThrownBy(
            () -> new GitResolution(request("main", part)).resolve(GitResolutionTest::unasked))
        .hasMessage("fetch-by-commit requires a full commit SHA checksum, got \"cc\"");
  }
}
