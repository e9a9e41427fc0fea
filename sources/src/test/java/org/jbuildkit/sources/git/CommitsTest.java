package org.jbuildkit.sources.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commits that come from bundles, become bundles, or must be signed. */
@Timeout(120)
class CommitsTest extends GitWorld {
  /** Makes a repository a bundle in the server's registry, and tells where it is. */
  private String bundle(Path repository, String... refs) throws Exception {
    var file = folder.resolve("made.bundle");
    var words = new java.util.ArrayList<>(List.of("bundle", "create", "-q", file.toString()));
    words.addAll(List.of(refs));
    GitServer.git(repository, words.toArray(new String[0]));
    var bytes = Files.readAllBytes(file);
    var digest = Digest.sha256(bytes);
    server.files.put("/v2/bundles/blobs/" + digest, bytes);
    return "docker-image+blob://" + server.host() + "/bundles@" + digest;
  }

  @Test
  void aBundleStandsInForTheRemote() throws Exception {
    var head = GitServer.git(work, "rev-parse", "HEAD");
    var bundle = bundle(work, "main", "v1");
    var attributes =
        Map.of(
            "git.bundle", bundle, "git.checksum", head, "git.fullurl", "http://127.0.0.1:1/r.git");

    for (var place : new String[] {"", "#main", "#" + head, "#v1"}) {
      assertThat(open(place, attributes).key(0, context).text()).isEqualTo(head);
      assertThat(files(place, attributes)).isEqualTo(ALL);
    }
    assertThatThrownBy(
            () -> files("#main:x", Map.of("git.bundle", bundle, "git.checksum", "1".repeat(40))))
        .hasMessageContaining("commit " + "1".repeat(40) + " not found in bundle ");
    assertThatThrownBy(() -> open("", Map.of("git.bundle", "http://x", "git.checksum", head)))
        .hasMessage("invalid git bundle locator \"http://x\"");
  }

  @Test
  void aCommitAndItsHistoryBecomeABundle() throws Exception {
    Files.writeString(work.resolve("a.txt"), "two\n");
    var head = commit(work, "two");
    publish(work);
    assertThat(files("#main", Map.of())).containsEntry("a.txt", "two\n");

    for (var place : new String[] {"#main", "#" + head, "#refs/tags/v1"}) {
      var instance = open(place, Map.of("git.checkoutbundle", "true"));
      assertThat(instance.key(0, context).text()).endsWith("(bundle)");
      try (var ref = instance.fetch(context).orElseThrow();
          var mounted = ref.mount();
          var all = Files.list(mounted.path())) {
        var file = all.toList();
        assertThat(file).containsExactly(mounted.path().resolve("bundle"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getFirst())))
            .isEqualTo("rw-rw-rw-");
        GitServer.git(work, "bundle", "verify", file.getFirst().toString());
        assertThat(GitServer.git(folder, "bundle", "list-heads", file.getFirst().toString()))
            .endsWith(place.startsWith("#refs") ? "refs/tags/v1" : "refs/heads/main");
      }
    }
  }

  private String signingKey(String name) throws Exception {
    var key = folder.resolve(name);
    var made =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    assertThat(made.start().waitFor()).isZero();
    GitServer.git(work, "config", "gpg.format", "ssh");
    GitServer.git(work, "config", "user.signingkey", key.toString());
    return Files.readString(folder.resolve(name + ".pub"));
  }

  @Test
  void commitsAndTagsMustBeSignedWhereThatIsAskedFor() throws Exception {
    var key = signingKey("good");
    GitServer.git(work, "commit", "-q", "--allow-empty", "-S", "-m", "signed\n\nin two parts");
    GitServer.git(work, "tag", "-s", "-m", "signed", "v2");
    GitServer.git(work, "tag", "-a", "-m", "unsigned", "v3");
    publish(work);
    var wanted = Map.of("git.sig.pubkey", key);

    for (var place :
        new String[] {"#main", "#v2", "#v3", "#" + GitServer.git(work, "rev-parse", "HEAD")}) {
      assertThat(files(place, wanted)).isEqualTo(ALL);
    }
    var tagged = Map.of("git.sig.pubkey", key, "git.sig.requiresignedtag", "true");
    assertThat(files("#v2", tagged)).isEqualTo(ALL);
    assertThatThrownBy(() -> open("#v3", tagged).key(0, context))
        .hasMessage("signed tag required but no signed tag found");
    assertThatThrownBy(() -> open("#v1", wanted).key(0, context))
        .hasMessage("git object is not signed");
    var other = Map.of("git.sig.pubkey", signingKey("other"));
    assertThatThrownBy(() -> open("#v2", other).key(0, context))
        .hasMessage("ssh signature is of another key");
    assertThatThrownBy(() ->
            open("#v2", Map.of("git.sig.pubkey", key + "x", "git.sig.ignoresignedtag", "true"))
                .key(0, context))
        .hasMessage("failed to parse ssh public key: malformed");
  }
}
