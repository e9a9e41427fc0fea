package org.jbuildkit.base;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Names bytes by their hash, written {@code algorithm:hex} as the OCI image specification does.
 *
 * @param algorithm {@code sha256}, {@code sha384} or {@code sha512}
 * @param hex lower-case hexadecimal of the hash, of the length that the algorithm has
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {

  public Digest {
    int length =
        switch (algorithm) {
          case "sha256" -> 64;
          case "sha384" -> 96;
          case "sha512" -> 128;
          default -> throw new IllegalArgumentException("unsupported digest algorithm");
        };
    if (hex.length() != length) {
      throw new IllegalArgumentException("invalid checksum digest length");
    }
    if (!hex.chars().allMatch(Digest::isLowerHex)) {
      throw new IllegalArgumentException("invalid checksum digest format");
    }
  }

  private static boolean isLowerHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || colon + 1 == text.length()) {
      throw new IllegalArgumentException("invalid checksum digest format");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** As {@link #parse}, with bad text answered by an empty result. */
  public static Optional<Digest> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The SHA-256 digest of these bytes. */
  public static Digest sha256(byte[] bytes) {
    return new Hasher().update(bytes, 0, bytes.length).finish();
  }

  /** The SHA-256 digest of this text's UTF-8 bytes. */
  public static Digest sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The SHA-256 digest of all that the stream has left. Does not close it. */
  public static Digest sha256(InputStream in) throws IOException {
    var hasher = new Hasher();
    var buffer = new byte[128 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      hasher.update(buffer, 0, n);
    }
    return hasher.finish();
  }

  /** A digest from the hash's own bytes. */
  public static Digest ofRaw(String algorithm, byte[] raw) {
    return new Digest(algorithm, HexFormat.of().formatHex(raw));
  }

  /** The hash's own bytes, a new array. */
  public byte[] raw() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  /** Hashes bytes as they pass. Not for several threads. */
  public static final class Hasher {
    private final String algorithm;
    private final MessageDigest hash;

    /** Hashes with SHA-256. */
    public Hasher() {
      this("sha256");
    }

    /** Hashes with {@code sha256}, {@code sha384} or {@code sha512}. */
    public Hasher(String algorithm) {
      this.algorithm = algorithm;
      var name =
          switch (algorithm) {
            case "sha256" -> "SHA-256";
            case "sha384" -> "SHA-384";
            case "sha512" -> "SHA-512";
            default -> throw new IllegalArgumentException("unsupported digest algorithm");
          };
      try {
        this.hash = MessageDigest.getInstance(name);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JDK has no " + name, e);
      }
    }

    public Hasher update(byte[] bytes, int offset, int length) {
      hash.update(bytes, offset, length);
      return this;
    }

    public Hasher update(byte[] bytes) {
      return update(bytes, 0, bytes.length);
    }

    /** Adds the text's UTF-8 bytes. */
    public Hasher update(String text) {
      return update(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of all bytes so far; the hasher starts anew. */
    public Digest finish() {
      return ofRaw(algorithm, hash.digest());
    }
  }
}
