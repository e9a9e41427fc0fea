package org.jbuildkit.client.agent;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * A private key with its public half.
 *
 * @param type name of its kind, such as {@code ssh-ed25519}
 * @param publicKey the public half as SSH encodes it
 */
record AgentKey(String type, byte[] publicKey, PrivateKey privateKey) {
  private static final int SHA256 = 2;
  private static final int SHA512 = 4;

  /**
   * Signs.
   *
   * @param flags choose the digest of RSA signatures
   * @return the signature as SSH encodes it
   */
  byte[] sign(byte[] data, int flags) throws GeneralSecurityException {
    var name =
        switch (type) {
          case "ssh-rsa" ->
              (flags & SHA512) != 0
                  ? "rsa-sha2-512"
                  : (flags & SHA256) != 0 ? "rsa-sha2-256" : type;
          default -> type;
        };
    var signature = Signature.getInstance(algorithm(name));
    signature.initSign(privateKey);
    signature.update(data);
    var raw = signature.sign();
    var value = type.startsWith("ecdsa-") ? pair(raw) : raw;
    return new SshFields.Writer().text(name).octets(value).bytes();
  }

  private static String algorithm(String name) {
    return switch (name) {
      case "ssh-ed25519" -> "Ed25519";
      case "ssh-rsa" -> "SHA1withRSA";
      case "rsa-sha2-256" -> "SHA256withRSA";
      case "rsa-sha2-512" -> "SHA512withRSA";
      case "ecdsa-sha2-nistp256" -> "SHA256withECDSAinP1363Format";
      case "ecdsa-sha2-nistp384" -> "SHA384withECDSAinP1363Format";
      case "ecdsa-sha2-nistp521" -> "SHA512withECDSAinP1363Format";
      default -> throw new IllegalArgumentException("ssh: unhandled key type");
    };
  }

  /** Two numbers of the same length, each with its own length. */
  private static byte[] pair(byte[] raw) {
    int half = raw.length / 2;
    return new SshFields.Writer()
        .integer(new BigInteger(1, SshFields.slice(raw, 0, half)))
        .integer(new BigInteger(1, SshFields.slice(raw, half, raw.length)))
        .bytes();
  }
}
