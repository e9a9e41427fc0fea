package org.jbuildkit.buildx.build;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jbuildkit.base.BuildException;

/** What comes over standard input as a build's context. */
final class StdinContext {
  private static final int PEEK = 1024;
  private static final int TAR_HEADER = 512;
  private static final int TAR_CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;

  /** What the first bytes tell. */
  enum Kind {
    NOTHING,
    ARCHIVE,
    DOCKERFILE
  }

  private final BufferedInputStream data;
  private final Kind kind;

  private StdinContext(BufferedInputStream data, Kind kind) {
    this.data = data;
    this.kind = kind;
  }

  static StdinContext open(InputStream in) {
    var data = new BufferedInputStream(in, PEEK);
    try {
      data.mark(PEEK);
      var head = data.readNBytes(PEEK);
      data.reset();
      return new StdinContext(data, kind(head));
    } catch (IOException e) {
      throw BuildException.failed("failed to peek context header from STDIN", e);
    }
  }

  Kind kind() {
    return kind;
  }

  /** All of it, from the start. */
  InputStream data() {
    return data;
  }

  private static Kind kind(byte[] head) {
    if (head.length == 0) {
      return Kind.NOTHING;
    }
    boolean archive =
        startsWith(head, 0x42, 0x5A, 0x68)
            || startsWith(head, 0x1F, 0x8B, 0x08)
            || startsWith(head, 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00)
            || isTar(head);
    return archive ? Kind.ARCHIVE : Kind.DOCKERFILE;
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || (head[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the checksum of a header is right; its own field counts as blanks. */
  private static boolean isTar(byte[] head) {
    if (head.length < TAR_HEADER) {
      return false;
    }
    var field = Arrays.copyOfRange(head, TAR_CHECKSUM, TAR_CHECKSUM + CHECKSUM_LENGTH);
    var digits =
        new String(field, java.nio.charset.StandardCharsets.ISO_8859_1).replace('\0', ' ').trim();
    if (!digits.matches("[0-7]{1,8}")) {
      return false;
    }
    int sum = ' ' * CHECKSUM_LENGTH;
    for (int i = 0; i < TAR_HEADER; i++) {
      if (i < TAR_CHECKSUM || i >= TAR_CHECKSUM + CHECKSUM_LENGTH) {
        sum += head[i] & 0xFF;
      }
    }
    return sum == Integer.parseInt(digits, 8);
  }
}
