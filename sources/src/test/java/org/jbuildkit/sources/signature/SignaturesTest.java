package org.jbuildkit.sources.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that OpenSSH and GnuPG make. */
@Timeout(120)
class SignaturesTest {
  private static final byte[] DATA = "what is signed\n".getBytes(UTF_8);

  @TempDir Path folder;

  private String run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private String ssh(String type, int bits, String namespace) throws Exception {
    var key = folder.resolve("key-" + type + bits);
    if (!Files.exists(key)) {
      var words =
          new ArrayList<>(List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-f", key.toString()));
      if (bits > 0) {
        words.addAll(List.of("-b", Integer.toString(bits)));
      }
      run(Map.of(), words);
    }
    var file = Files.write(folder.resolve("data"), DATA);
    Files.deleteIfExists(folder.resolve("data.sig"));
    run(
        Map.of(),
        List.of(
            "ssh-keygen",
            "-q",
            "-Y",
            "sign",
            "-n",
            namespace,
            "-f",
            key.toString(),
            file.toString()));
    return Files.readString(folder.resolve("data.sig"));
  }

  private SshKeys sshKeys(String name) throws Exception {
    return SshKeys.parse("# keys\n" + Files.readString(folder.resolve("key-" + name + ".pub")));
  }

  @ParameterizedTest
  @CsvSource({"ed25519, 0", "rsa, 3072", "ecdsa, 256", "ecdsa, 384", "ecdsa, 521"})
  void openSshsSignaturesAreFoundGood(String type, int bits) throws Exception {
    for (int i = 0; i < 8; i++) {
      var signature = ssh(type, bits, "git");
      var keys = sshKeys(type + bits);

      assertThat(SshKeys.isSignature(signature)).isTrue();
      assertThatCode(() -> keys.verify(DATA, signature, "git")).doesNotThrowAnyException();
      assertThatThrownBy(() -> keys.verify("else".getBytes(UTF_8), signature, "git"))
          .isInstanceOf(BuildException.class);
    }
  }

  @Test
  void signaturesForOtherThingsAndOfOtherKeysAreRefused() throws Exception {
    var signature = ssh("ed25519", 0, "file");
    assertThatThrownBy(() -> sshKeys("ed255190").verify(DATA, signature, "git"))
        .hasMessage("ssh signature is for namespace file");
    var _ = ssh("ecdsa", 256, "git");
    assertThatThrownBy(() -> sshKeys("ecdsa256").verify(DATA, signature, "file"))
        .hasMessage("ssh signature is of another key");
    assertThatThrownBy(() -> SshKeys.parse("ssh-ed25519 AAAA"))
        .hasMessage("failed to parse ssh public key: malformed");
  }

  @Test
  void bytesThatWereChangedAreNoSignature() throws Exception {
    var signature = ssh("ecdsa", 256, "git");
    var keys = sshKeys("ecdsa256");
    int start = signature.indexOf('\n') + 1;
    for (int i = start; i < signature.length() - 40; i += 7) {
      var changed = new StringBuilder(signature);
      changed.setCharAt(i, changed.charAt(i) == 'A' ? 'B' : 'A');
      if (!changed.toString().replace("\n", "").equals(signature.replace("\n", ""))) {
        assertThatThrownBy(() -> keys.verify(DATA, changed.toString(), "git"))
            .isInstanceOf(BuildException.class);
      }
    }
  }

  private Map<String, String> gpg() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gpg")), "no gpg");
    var home = folder.resolve("gnupg");
    if (!Files.exists(home)) {
      Files.createDirectory(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return Map.of("GNUPGHOME", home.toString());
  }

  private String pgpKey(String user, String algorithm, String usage, String expiry)
      throws Exception {
    run(
        gpg(),
        List.of(
            "gpg",
            "--batch",
            "--quiet",
            "--passphrase",
            "",
            "--quick-generate-key",
            user,
            algorithm,
            usage,
            expiry));
    return run(gpg(), List.of("gpg", "--armor", "--export", user));
  }

  private String pgpSignature(String user, String... more) throws Exception {
    var file = Files.write(folder.resolve("data"), DATA);
    var words =
        new ArrayList<>(
            List.of("gpg", "--batch", "--yes", "--quiet", "--armor", "--local-user", user));
    words.addAll(List.of(more));
    words.addAll(List.of("--output", "data.asc", "--detach-sign", file.toString()));
    run(gpg(), words);
    return Files.readString(folder.resolve("data.asc"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa3072", "ed25519", "nistp256"})
  void gnuPgsSignaturesAreFoundGood(String algorithm) throws Exception {
    var keys = PgpKeys.parse(pgpKey("a@example.org", algorithm, "sign", "never"));
    var signature = pgpSignature("a@example.org");
    var now = Instant.now();

    assertThatCode(() -> keys.verify(DATA, signature, true, now)).doesNotThrowAnyException();
    assertThatThrownBy(() -> keys.verify("else".getBytes(UTF_8), signature, false, now))
        .hasMessageEndingWith("openpgp: invalid signature");
    assertThatThrownBy(() -> keys.verify(DATA, signature, false, now.minus(Duration.ofHours(1))))
        .hasMessageStartingWith("signature creation time is in the future");
    var others = PgpKeys.parse(pgpKey("b@example.org", "ed25519", "sign", "never"));
    assertThatThrownBy(() -> others.verify(DATA, signature, false, now))
        .hasMessageEndingWith("openpgp: signature made by unknown entity");
    assertThatThrownBy(
            () -> keys.verify(DATA, "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n", false, now))
        .isInstanceOf(BuildException.class);
  }

  @Test
  void keysThatExpiredCountUnlessTheyMayNot() throws Exception {
    var keys = PgpKeys.parse(pgpKey("a@example.org", "ed25519", "sign", "1d"));
    var signature = pgpSignature("a@example.org");
    var later = Instant.now().plus(Duration.ofDays(2));

    assertThatCode(() -> keys.verify(DATA, signature, false, later)).doesNotThrowAnyException();
    assertThatThrownBy(() -> keys.verify(DATA, signature, true, later))
        .hasMessageStartingWith("key expired at ");
  }

  @Test
  void keysOfAKeySignForIt() throws Exception {
    var _ = pgpKey("a@example.org", "ed25519", "cert", "never");
    var listed = run(gpg(), List.of("gpg", "--list-keys", "--with-colons", "a@example.org"));
    var fingerprint =
        listed
            .lines()
            .filter(line -> line.startsWith("fpr:"))
            .findFirst()
            .orElseThrow()
            .split(":", -1)[9];
    run(
        gpg(),
        List.of(
            "gpg",
            "--batch",
            "--quiet",
            "--passphrase",
            "",
            "--quick-add-key",
            fingerprint,
            "rsa2048",
            "sign",
            "never"));
    var keys = PgpKeys.parse(run(gpg(), List.of("gpg", "--armor", "--export", "a@example.org")));
    var signature = pgpSignature("a@example.org");

    assertThatCode(() -> keys.verify(DATA, signature, true, Instant.now()))
        .doesNotThrowAnyException();
  }

  @Test
  void revokedKeysAndWeakHashesAreRefused() throws Exception {
    var _ = pgpKey("a@example.org", "rsa2048", "sign", "never");
    var weak = pgpSignature("a@example.org", "--digest-algo", "SHA224");
    var signature = pgpSignature("a@example.org");
    try (var revocations = Files.list(folder.resolve("gnupg/openpgp-revocs.d"))) {
      var file = revocations.findFirst().orElseThrow();
      Files.writeString(file, Files.readString(file).replace(":-----BEGIN", "-----BEGIN"));
      run(gpg(), List.of("gpg", "--batch", "--quiet", "--import", file.toString()));
    }
    var keys = PgpKeys.parse(run(gpg(), List.of("gpg", "--armor", "--export", "a@example.org")));

    assertThatThrownBy(() -> keys.verify(DATA, weak, false, Instant.now()))
        .hasMessageStartingWith("rejecting weak/unknown hash");
    assertThatThrownBy(() -> keys.verify(DATA, signature, false, Instant.now()))
        .hasMessage("key revoked");
  }
}
