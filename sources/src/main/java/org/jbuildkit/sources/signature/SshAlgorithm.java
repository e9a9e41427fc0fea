package org.jbuildkit.sources.signature;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jbuildkit.base.BuildException;

/**
 * How a key's signatures are checked.
 *
 * @param name of the JDK's algorithm
 * @param isPair whether a signature is two numbers, which the JDK wants otherwise
 */
record SshAlgorithm(String name, PublicKey key, boolean isPair) {
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ED25519_KEY = 32;
  private static final int MIN_RSA = 2048;

  /**
   * @param algorithm that a signature names
   * @param blob the key
   * @throws BuildException if they do not fit, or are not supported
   */
  static SshAlgorithm of(String algorithm, byte[] blob) throws GeneralSecurityException {
    var fields = new SshFields(blob);
    var type = fields.text();
    return switch (algorithm) {
      case "ssh-ed25519" -> new SshAlgorithm("Ed25519", edwards(type, fields), false);
      case "rsa-sha2-256" -> new SshAlgorithm("SHA256withRSA", rsa(type, fields), false);
      case "rsa-sha2-512" -> new SshAlgorithm("SHA512withRSA", rsa(type, fields), false);
      case "ecdsa-sha2-nistp256" ->
          elliptic("SHA256withECDSA", "secp256r1", algorithm, type, fields);
      case "ecdsa-sha2-nistp384" ->
          elliptic("SHA384withECDSA", "secp384r1", algorithm, type, fields);
      case "ecdsa-sha2-nistp521" ->
          elliptic("SHA512withECDSA", "secp521r1", algorithm, type, fields);
      default -> throw BuildException.failed("unsupported ssh signature algorithm " + algorithm);
    };
  }

  private static void require(String type, String wanted) {
    if (!type.equals(wanted)) {
      throw new IllegalArgumentException("a key of another type");
    }
  }

  private static PublicKey edwards(String type, SshFields fields) throws GeneralSecurityException {
    require(type, "ssh-ed25519");
    var raw = fields.field();
    fields.end();
    if (raw.length != ED25519_KEY) {
      throw new IllegalArgumentException("malformed key");
    }
    var encoded = Arrays.copyOf(ED25519, ED25519.length + raw.length);
    System.arraycopy(raw, 0, encoded, ED25519.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static PublicKey rsa(String type, SshFields fields) throws GeneralSecurityException {
    require(type, "ssh-rsa");
    var exponent = fields.integer();
    var modulus = fields.integer();
    fields.end();
    if (modulus.bitLength() < MIN_RSA) {
      throw BuildException.failed("RSA key too short: " + modulus.bitLength() + " bits");
    }
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  private static SshAlgorithm elliptic(
      String name, String curve, String algorithm, String type, SshFields fields)
      throws GeneralSecurityException {
    require(type, algorithm);
    require(fields.text(), algorithm.substring(algorithm.lastIndexOf('-') + 1));
    var point = fields.field();
    fields.end();
    if (point.length % 2 == 0 || point[0] != 4) {
      throw new IllegalArgumentException("malformed key");
    }
    int half = point.length / 2;
    var x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + half));
    var y = new BigInteger(1, Arrays.copyOfRange(point, 1 + half, point.length));
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    var spec =
        new ECPublicKeySpec(new ECPoint(x, y), parameters.getParameterSpec(ECParameterSpec.class));
    return new SshAlgorithm(name, KeyFactory.getInstance("EC").generatePublic(spec), true);
  }

  /** Whether the signature is of these bytes. */
  boolean verify(byte[] data, byte[] signature) throws GeneralSecurityException {
    var check = Signature.getInstance(name);
    check.initVerify(key);
    check.update(data);
    return check.verify(isPair ? sequence(signature) : signature);
  }

  /** Two numbers as ASN.1 has them. */
  private static byte[] sequence(byte[] signature) {
    var fields = new SshFields(signature);
    var body = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      var number = fields.integer().toByteArray();
      body.write(2);
      length(body, number.length);
      body.writeBytes(number);
    }
    fields.end();
    var all = new ByteArrayOutputStream();
    all.write(0x30);
    length(all, body.size());
    all.writeBytes(body.toByteArray());
    return all.toByteArray();
  }

  private static void length(ByteArrayOutputStream out, int length) {
    if (length > 0xFF) {
      throw new IllegalArgumentException("malformed signature");
    }
    if (length > 0x7F) {
      out.write(0x81);
    }
    out.write(length);
  }
}
