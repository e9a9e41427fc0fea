package org.jbuildkit.sources.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jbuildkit.base.BuildException;

/** Armored OpenPGP keys, and detached signatures that are made with them. */
public final class PgpKeys {
  private static final int BUFFER = 1 << 16;
  private static final int MIN_RSA = 2048;
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final Set<Integer> HASHES =
      Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

  /** RFC 4880's, of old keys. */
  private static final int RSA_SIGN = 3;

  private static final Set<Integer> RSA = Set.of(PublicKeyAlgorithmTags.RSA_GENERAL, RSA_SIGN);
  private static final Set<Integer> CURVES =
      Set.of(PublicKeyAlgorithmTags.ECDSA, PublicKeyAlgorithmTags.EDDSA_LEGACY);

  private final PGPPublicKeyRingCollection rings;

  private PgpKeys(PGPPublicKeyRingCollection rings) {
    this.rings = rings;
  }

  /**
   * Reads keys.
   *
   * @throws BuildException {@code failed to read armored public key}
   */
  public static PgpKeys parse(String armored) {
    try {
      var rings = new BcPGPPublicKeyRingCollection(PGPUtil.getDecoderStream(stream(armored)));
      if (rings.size() == 0) {
        throw BuildException.invalid("failed to read armored public key: no key found");
      }
      return new PgpKeys(rings);
    } catch (IOException | PGPException | IllegalArgumentException | ClassCastException e) {
      throw BuildException.failed("failed to read armored public key", e);
    }
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Checks a signature.
   *
   * @param rejectsExpired whether keys count that have expired by {@code now}
   * @throws BuildException if it is not of these bytes, or of none of the keys
   */
  public void verify(byte[] data, String armored, boolean rejectsExpired, Instant now) {
    verify(new ByteArrayInputStream(data), armored, rejectsExpired, now);
  }

  /**
   * As {@link #verify(byte[], String, boolean, Instant)}.
   *
   * @param data read to its end; stays the caller's
   */
  public void verify(InputStream data, String armored, boolean rejectsExpired, Instant now) {
    try {
      check(data, read(armored), rejectsExpired, now);
    } catch (BuildException e) {
      throw e;
    } catch (IOException | PGPException | RuntimeException e) {
      // The library is not told what to expect of bytes that somebody made up.
      throw BuildException.failed("malformed signature", e);
    }
  }

  private static PGPSignature read(String armored) throws IOException {
    var objects = new BcPGPObjectFactory(PGPUtil.getDecoderStream(stream(armored)));
    if (objects.nextObject() instanceof PGPSignatureList list && !list.isEmpty()) {
      return list.get(0);
    }
    throw BuildException.failed("no signature packet found");
  }

  private void check(InputStream data, PGPSignature signature, boolean rejectsExpired, Instant now)
      throws IOException, PGPException {
    requireSoundAlgorithms(signature);
    var who = "signature by " + Long.toHexString(signature.getKeyID()).toUpperCase(Locale.ROOT);
    var key = rings.getPublicKey(signature.getKeyID());
    if (key == null) {
      throw BuildException.failed(who + ": openpgp: signature made by unknown entity");
    }
    signature.init(new BcPGPContentVerifierBuilderProvider(), key);
    var buffer = new byte[BUFFER];
    int count;
    while ((count = data.read(buffer)) >= 0) {
      signature.update(buffer, 0, count);
    }
    if (!signature.verify()) {
      throw BuildException.failed(who + ": openpgp: invalid signature");
    }
    var master = rings.getPublicKeyRing(signature.getKeyID()).getPublicKey();
    if (key.getKeyID() != master.getKeyID()) {
      requireBound(key, master);
      requireUsable(key, master, PGPSignature.SUBKEY_REVOCATION, rejectsExpired, now);
    }
    requireUsable(master, master, PGPSignature.KEY_REVOCATION, rejectsExpired, now);
    requireTimely(signature, now);
  }

  private static void requireSoundAlgorithms(PGPSignature signature) {
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      throw BuildException.failed("unsupported signature type " + signature.getSignatureType());
    }
    if (!HASHES.contains(signature.getHashAlgorithm())) {
      throw BuildException.failed("rejecting weak/unknown hash: " + signature.getHashAlgorithm());
    }
    int algorithm = signature.getKeyAlgorithm();
    if (!RSA.contains(algorithm) && !CURVES.contains(algorithm)) {
      throw BuildException.failed("rejecting unsupported pubkey algorithm: " + algorithm);
    }
  }

  /** A key that belongs to another one was said by that one to do so, and to sign. */
  private static void requireBound(PGPPublicKey key, PGPPublicKey master) throws PGPException {
    Iterator<PGPSignature> bindings = key.getSignaturesOfType(PGPSignature.SUBKEY_BINDING);
    while (bindings.hasNext()) {
      var binding = bindings.next();
      var said = binding.getHashedSubPackets();
      int flags = said == null ? 0 : said.getKeyFlags();
      if ((flags & KeyFlags.SIGN_DATA) != 0 && isOf(binding, key, master)) {
        return;
      }
    }
    throw BuildException.failed("the signing key does not belong to the given one");
  }

  private static boolean isOf(PGPSignature statement, PGPPublicKey key, PGPPublicKey master)
      throws PGPException {
    statement.init(new BcPGPContentVerifierBuilderProvider(), master);
    return key.getKeyID() == master.getKeyID()
        ? statement.verifyCertification(master)
        : statement.verifyCertification(master, key);
  }

  private static void requireUsable(
      PGPPublicKey key, PGPPublicKey master, int revocation, boolean rejectsExpired, Instant now)
      throws PGPException {
    var created = key.getCreationTime().toInstant();
    var expiry = created.plusSeconds(key.getValidSeconds());
    if (rejectsExpired && key.getValidSeconds() > 0 && now.isAfter(expiry)) {
      throw BuildException.failed("key expired at " + expiry);
    }
    Iterator<PGPSignature> revocations = key.getSignaturesOfType(revocation);
    while (revocations.hasNext()) {
      if (isOf(revocations.next(), key, master)) {
        throw BuildException.failed("key revoked");
      }
    }
    if (RSA.contains(key.getAlgorithm()) && key.getBitStrength() < MIN_RSA) {
      throw BuildException.failed("RSA key too short: " + key.getBitStrength() + " bits");
    }
  }

  private static void requireTimely(PGPSignature signature, Instant now) {
    var created = signature.getCreationTime().toInstant();
    if (created.isAfter(now.plus(TOLERANCE))) {
      throw BuildException.failed("signature creation time is in the future: " + created);
    }
    var said = signature.getHashedSubPackets();
    long seconds = said == null ? 0 : said.getSignatureExpirationTime();
    if (seconds > 0 && now.isAfter(created.plusSeconds(seconds))) {
      throw BuildException.failed("openpgp: signature expired");
    }
  }
}
