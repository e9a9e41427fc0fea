package org.jbuildkit.sources.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What identifiers and attributes mean, and the keys that come of them. */
class GitRequestTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String TAG = "f".repeat(40);

  private static GitRequest request(String identifier, Map<String, String> attributes) {
    return GitRequest.of(new Source.Request("git", identifier, attributes, Platform.host()));
  }

  @ParameterizedTest
  @CsvSource({
    "github.com/o/r.git#main:sub, https://github.com/o/r.git, main, sub",
    "github.com/o/r, https://github.com/o/r, '', ''",
    "http://h:80/r.git#:a/../b, http://h:80/r.git, '', b",
    "git@h:o/r.git#v1, git@h:o/r.git, v1, ''",
    "ssh://git@h:22/o/r.git#refs/heads/x, ssh://git@h:22/o/r.git, refs/heads/x, ''",
    "h/r.git?x=y#main:/, https://h/r.git, main, ''",
    "ext::sh -c x, https://ext::sh -c x, '', ''",
  })
  void anIdentifierNamesRemoteRefAndDirectory(
      String identifier, String remote, String ref, String subdir) {
    var request = request(identifier, Map.of());

    assertThat(request.remote()).isEqualTo(remote);
    assertThat(request.ref()).isEqualTo(ref);
    assertThat(request.subdir()).isEqualTo(subdir);
  }

  @Test
  void theFullAddressReplacesTheRemote() {
    assertThat(request("h/r.git#x", Map.of("git.fullurl", "ssh://u@h:1/r.git")).remote())
        .isEqualTo("ssh://u@h:1/r.git");
    assertThat(request("h/r.git#x", Map.of("git.fullurl", "h/r.git")).remote())
        .isEqualTo("https://h/r.git");
  }

  @ParameterizedTest
  @CsvSource({
    "file:///etc, file: invalid protocol",
    "h/r.git#--upload-pack=x, invalid git ref \"--upload-pack=x\"",
    "'h/r.git\nx#y', invalid git remote",
  })
  void whatIsNoRepositoryIsRefused(String identifier, String message) {
    assertThatThrownBy(() -> request(identifier, Map.of())).hasMessage(message);
  }

  @Test
  void attributesThatContradictAreRefused() {
    assertThatThrownBy(
            () -> request("h/r", Map.of("git.bundle", "oci-layout+blob://s@" + Digest.sha256("x"))))
        .hasMessage("git.bundle requires git.checksum to be set");
    assertThatThrownBy(
            () -> request("h/r", Map.of("git.checkoutbundle", "true", "git.keepgitdir", "true")))
        .hasMessage("git.checkoutbundle is incompatible with git.keepgitdir");
    assertThatThrownBy(() -> request("h/r#:sub", Map.of("git.checkoutbundle", "true")))
        .hasMessage("git.checkoutbundle is incompatible with git.subdir");
  }

  @Test
  void aCommitIsItsOwnKey() {
    var key = request("h/r#" + COMMIT, Map.of()).key(GitRevision.ofCommit(COMMIT));

    assertThat(key).isEqualTo(COMMIT);
    assertThat(Digest.sha256("buildkit.source.v0:" + key).toString())
        .isEqualTo("sha256:d7ebc2f96f789f7f2538c2ab515b91c26abd16c96b361badd17cec4b4418306f");
  }

  @Test
  void keysTellAllThatChangesTheTree() {
    var branch = new GitRevision("refs/heads/main", COMMIT, COMMIT);
    var tag = new GitRevision("refs/tags/v1", TAG, COMMIT);

    assertThat(request("h/r#main", Map.of("git.keepgitdir", "true")).key(branch))
        .isEqualTo(COMMIT + ".git#refs/heads/main");
    assertThat(request("h/r#v1", Map.of("git.keepgitdir", "true")).key(tag))
        .isEqualTo(TAG + ".git#refs/tags/v1");
    assertThat(request("h/r#v1:a/b", Map.of()).key(tag)).isEqualTo(COMMIT + ":a/b");
    assertThat(
            request("h/r#v1:d", Map.of("git.skipsubmodules", "true", "git.mtime", "commit"))
                .key(tag))
        .isEqualTo(COMMIT + ":d(skip-submodules)(mtime=commit)");
    assertThat(request("h/r#v1", Map.of("git.mtime", "checkout")).key(tag)).isEqualTo(COMMIT);
  }
}
