package org.jbuildkit.oci.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** Private keys in PEM files: PKCS #8, and the older forms of RSA and EC keys. */
public final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (RSA |EC |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int IDENTIFIER = 0x06;

  /** The version of PKCS #8. */
  private static final byte[] ZERO = HexFormat.of().parseHex("020100");

  /** What names RSA, with the null that stands for no parameters. */
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

  /** What names elliptic curves in general. */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  /** The tag of an EC key's curve. */
  private static final int CURVE = 0xA0;

  private PemKey() {}

  /**
   * Reads the first key of a file.
   *
   * @throws IOException if there is none that is not encrypted
   */
  public static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
    var found = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!found.find()) {
      throw new IOException(file + " holds no private key");
    }
    var der = Base64.getMimeDecoder().decode(found.group(2));
    return switch (found.group(1)) {
      case "RSA " -> key(wrapped(RSA, der), "RSA");
      case "EC " -> key(wrapped(tagged(SEQUENCE, joined(EC, curve(der, file))), der), "EC");
      default -> any(der);
    };
  }

  private static PrivateKey key(byte[] pkcs8, String algorithm) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static PrivateKey any(byte[] pkcs8) throws GeneralSecurityException {
    for (var algorithm : List.of("RSA", "EC")) {
      try {
        return key(pkcs8, algorithm);
      } catch (InvalidKeySpecException _) {
        // A key of the other kind.
      }
    }
    return key(pkcs8, "Ed25519");
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return tagged(SEQUENCE, joined(ZERO, algorithm, tagged(OCTETS, key)));
  }

  /** The identifier of the curve, which an EC key holds after its number. */
  private static byte[] curve(byte[] der, Path file) throws IOException {
    for (int i = 0; i + 3 < der.length; i++) {
      int length = der[i + 1] & 0xFF;
      boolean isCurve =
          (der[i] & 0xFF) == CURVE
              && length < 0x80
              && i + 2 + length <= der.length
              && der[i + 2] == IDENTIFIER
              && (der[i + 3] & 0xFF) == length - 2;
      if (isCurve) {
        return java.util.Arrays.copyOfRange(der, i + 2, i + 2 + length);
      }
    }
    throw new IOException(file + " holds an EC key without its curve");
  }

  private static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] tagged(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
