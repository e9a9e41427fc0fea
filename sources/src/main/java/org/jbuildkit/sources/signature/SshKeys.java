package org.jbuildkit.sources.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;

/**
 * Public keys as files of authorized keys have them, and the signatures that {@code ssh-keygen -Y
 * sign} makes with them.
 */
public final class SshKeys {
  private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
  private static final String END = "-----END SSH SIGNATURE-----";
  private static final byte[] MAGIC = "SSHSIG".getBytes(US_ASCII);
  private static final int VERSION = 1;
  private static final Map<String, String> HASHES =
      Map.of("sha256", "SHA-256", "sha512", "SHA-512");

  private final List<byte[]> keys;

  private SshKeys(List<byte[]> keys) {
    this.keys = keys;
  }

  /** Whether a text may be a signature of this kind. */
  public static boolean isSignature(String armored) {
    return armored.startsWith(BEGIN);
  }

  /**
   * Reads keys, one a line.
   *
   * @throws BuildException {@code failed to parse ssh public key …}
   */
  public static SshKeys parse(String text) {
    var keys = new ArrayList<byte[]>();
    for (var line : text.split("\n", -1)) {
      var words = line.strip().split("\\s+", 3);
      if (words[0].isEmpty() || words[0].startsWith("#")) {
        continue;
      }
      keys.add(key(words));
    }
    if (keys.isEmpty()) {
      throw BuildException.invalid("failed to parse ssh public key: no key found");
    }
    return new SshKeys(keys);
  }

  private static byte[] key(String[] words) {
    try {
      var key = Base64.getDecoder().decode(words.length < 2 ? "" : words[1]);
      if (new SshFields(key).text().equals(words[0])) {
        return key;
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw BuildException.invalid("failed to parse ssh public key: malformed");
  }

  /**
   * Checks a signature.
   *
   * @param namespace what it was made for
   * @throws BuildException if it is not of these bytes, or of none of the keys
   */
  public void verify(byte[] data, String armored, String namespace) {
    try {
      check(data, new SshFields(unarmored(armored)), namespace);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("malformed ssh signature", e);
    } catch (GeneralSecurityException e) {
      throw BuildException.failed("failed to verify ssh signature", e);
    }
  }

  private static byte[] unarmored(String armored) {
    int end = armored.indexOf(END);
    if (!armored.startsWith(BEGIN) || end < 0) {
      throw new IllegalArgumentException("no armor");
    }
    return Base64.getMimeDecoder().decode(armored.substring(BEGIN.length(), end));
  }

  private void check(byte[] data, SshFields signature, String namespace)
      throws GeneralSecurityException {
    if (!Arrays.equals(signature.bytes(MAGIC.length), MAGIC)) {
      throw new IllegalArgumentException("no signature");
    }
    if (signature.number() != VERSION) {
      throw new IllegalArgumentException("unsupported version");
    }
    var key = signature.field();
    var made = signature.text();
    var reserved = signature.field();
    var hash = signature.text();
    var proof = new SshFields(signature.field());
    signature.end();
    if (!made.equals(namespace)) {
      throw BuildException.failed("ssh signature is for namespace " + made);
    }
    if (!HASHES.containsKey(hash)) {
      throw BuildException.failed("unsupported ssh signature hash " + hash);
    }
    if (keys.stream().noneMatch(known -> Arrays.equals(known, key))) {
      throw BuildException.failed("ssh signature is of another key");
    }
    var digest = MessageDigest.getInstance(HASHES.getOrDefault(hash, "")).digest(data);
    var signed =
        SshFields.joined(MAGIC, made.getBytes(US_ASCII), reserved, hash.getBytes(US_ASCII), digest);
    var algorithm = proof.text();
    var value = proof.field();
    proof.end();
    if (!SshAlgorithm.of(algorithm, key).verify(signed, value)) {
      throw BuildException.failed("ssh signature does not match");
    }
  }
}
