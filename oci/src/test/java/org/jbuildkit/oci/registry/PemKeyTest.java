package org.jbuildkit.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys as openssl writes them. */
class PemKeyTest {
  @TempDir Path folder;

  private Path openssl(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    var file = folder.resolve("key" + arguments.length + arguments[1] + ".pem");
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-out", file.toString()));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return file;
  }

  @Test
  void keysOfAllFormsAreRead() throws Exception {
    var rsa = openssl("genpkey", "-algorithm", "RSA");
    var oldRsa = openssl("rsa", "-traditional", "-in", rsa.toString());
    assertThat(Files.readString(oldRsa)).startsWith("-----BEGIN RSA PRIVATE KEY-----");
    assertThat(PemKey.read(oldRsa)).isEqualTo(PemKey.read(rsa));
    var oldEc = openssl("ecparam", "-genkey", "-noout", "-name", "prime256v1");
    assertThat(Files.readString(oldEc)).startsWith("-----BEGIN EC PRIVATE KEY-----");
    var ec = openssl("pkcs8", "-topk8", "-nocrypt", "-in", oldEc.toString());
    assertThat(((ECPrivateKey) PemKey.read(oldEc)).getS())
        .isEqualTo(((ECPrivateKey) PemKey.read(ec)).getS());
    var edwards = openssl("genpkey", "-quiet", "-algorithm", "ED25519");
    assertThat(PemKey.read(edwards).getAlgorithm()).isEqualTo("EdDSA");
  }

  @Test
  void aFileWithoutAKeyIsToldByName() throws Exception {
    var file = Files.writeString(folder.resolve("none.pem"), "nothing");
    assertThatThrownBy(() -> PemKey.read(file)).hasMessage(file + " holds no private key");
  }
}
