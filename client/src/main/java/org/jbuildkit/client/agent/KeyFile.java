package org.jbuildkit.client.agent;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jbuildkit.oci.registry.PemKey;

/** Private keys in files: OpenSSH's format, and RSA keys in PEM. */
final class KeyFile {
  private static final int MAX_SIZE = 100 * 1024;
  private static final int SEED = 32;
  private static final Pattern OPENSSH =
      Pattern.compile(
          "-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END OPENSSH PRIVATE"
              + " KEY-----");
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

  private KeyFile() {}

  /**
   * Reads the key of a file.
   *
   * @throws IllegalArgumentException where there is none that can be used, with the text that Go's
   *     SSH library gives
   */
  static AgentKey read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_SIZE);
    }
    var text = new String(bytes, StandardCharsets.US_ASCII);
    try {
      var found = OPENSSH.matcher(text);
      if (found.find()) {
        return openSsh(Base64.getMimeDecoder().decode(found.group(1)));
      }
      if (text.contains("ENCRYPTED")) {
        throw new IllegalArgumentException("ssh: this private key is passphrase protected");
      }
      if (!text.contains("-----BEGIN ")) {
        throw new IllegalArgumentException("ssh: no key found");
      }
      return rsa(PemKey.read(file));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("ssh: " + e.getMessage(), e);
    }
  }

  private static AgentKey rsa(PrivateKey key) {
    if (!(key instanceof RSAPrivateCrtKey rsa)) {
      throw new IllegalArgumentException(
          "ssh: unsupported key type " + key.getAlgorithm() + " in PEM: use OpenSSH's format");
    }
    return rsa(rsa.getModulus(), rsa.getPublicExponent(), key);
  }

  private static AgentKey rsa(BigInteger modulus, BigInteger exponent, PrivateKey key) {
    var publicKey = new SshFields.Writer().text("ssh-rsa").integer(exponent).integer(modulus);
    return new AgentKey("ssh-rsa", publicKey.bytes(), key);
  }

  private static AgentKey openSsh(byte[] file) throws GeneralSecurityException {
    if (file.length < MAGIC.length || !Arrays.equals(Arrays.copyOf(file, MAGIC.length), MAGIC)) {
      throw new IllegalArgumentException("ssh: invalid openssh private key format");
    }
    var outer = new SshFields(SshFields.slice(file, MAGIC.length, file.length));
    var cipher = outer.text();
    var _ = outer.text();
    var _ = outer.octets();
    if (outer.number() != 1) {
      throw new IllegalArgumentException("ssh: multi-key files are not supported");
    }
    var publicKey = outer.octets();
    if (!cipher.equals("none")) {
      throw new IllegalArgumentException("ssh: this private key is passphrase protected");
    }
    var inner = new SshFields(outer.octets());
    int check = inner.number();
    if (inner.number() != check) {
      throw new IllegalArgumentException("ssh: malformed OpenSSH key");
    }
    var type = inner.text();
    return switch (type) {
      case "ssh-ed25519" -> {
        var _ = inner.octets();
        var seed = SshFields.slice(inner.octets(), 0, SEED);
        yield new AgentKey(
            type,
            publicKey,
            KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
      }
      case "ssh-rsa" -> openSshRsa(inner);
      case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" ->
          new AgentKey(type, publicKey, curve(inner));
      default -> throw new IllegalArgumentException("ssh: unhandled key type");
    };
  }

  private static AgentKey openSshRsa(SshFields fields) throws GeneralSecurityException {
    var modulus = fields.integer();
    var exponent = fields.integer();
    var secret = fields.integer();
    var inverse = fields.integer();
    var p = fields.integer();
    var q = fields.integer();
    var one = BigInteger.ONE;
    var key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(
                new RSAPrivateCrtKeySpec(
                    modulus,
                    exponent,
                    secret,
                    p,
                    q,
                    secret.mod(p.subtract(one)),
                    secret.mod(q.subtract(one)),
                    inverse));
    return rsa(modulus, exponent, key);
  }

  private static PrivateKey curve(SshFields fields) throws GeneralSecurityException {
    var name = fields.text().replace("nistp256", "secp256r1");
    name = name.replace("nistp384", "secp384r1").replace("nistp521", "secp521r1");
    var _ = fields.octets();
    var secret = fields.integer();
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(name));
    return KeyFactory.getInstance("EC")
        .generatePrivate(
            new ECPrivateKeySpec(secret, parameters.getParameterSpec(ECParameterSpec.class)));
  }
}
