package org.jbuildkit.session.attach;

import java.io.Serial;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key by which a client proves that it may use a token fetched before. */
final class TokenKey {
  private static final int SIZE = 32;

  private final KeyPair pair;

  private TokenKey(KeyPair pair) {
    this.pair = pair;
  }

  /**
   * @param seed the client's own bytes for the host; empty if it has no secret for it
   */
  static TokenKey of(byte[] salt, byte[] seed) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(salt, "HmacSHA256"));
    var generator = KeyPairGenerator.getInstance("Ed25519");
    // The generator takes the private key's seed from its source of randomness.
    generator.initialize(255, new FixedBytes(mac.doFinal(seed)));
    return new TokenKey(generator.generateKeyPair());
  }

  /** The 32 bytes of the public key. */
  byte[] publicKey() {
    var point = ((EdECPublicKey) pair.getPublic()).getPoint();
    var bigEndian = point.getY().toByteArray();
    var key = new byte[SIZE];
    for (int i = 0; i < Math.min(SIZE, bigEndian.length); i++) {
      key[i] = bigEndian[bigEndian.length - 1 - i];
    }
    if (point.isXOdd()) {
      key[SIZE - 1] |= (byte) 0x80;
    }
    return key;
  }

  /** The signature followed by what is signed. */
  byte[] sign(byte[] payload) throws GeneralSecurityException {
    var signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(payload);
    var signed = signature.sign();
    var result = Arrays.copyOf(signed, signed.length + payload.length);
    System.arraycopy(payload, 0, result, signed.length, payload.length);
    return result;
  }

  private static final class FixedBytes extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    FixedBytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] target) {
      System.arraycopy(bytes, 0, target, 0, Math.min(bytes.length, target.length));
    }
  }
}
