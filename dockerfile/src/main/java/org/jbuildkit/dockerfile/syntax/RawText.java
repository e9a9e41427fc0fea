package org.jbuildkit.dockerfile.syntax;

import org.jbuildkit.base.ByteName;

/**
 * Text that need not be UTF-8. Bytes that are none stand as lone surrogates, so that documents keep
 * them; where text is wanted they are replaced.
 */
public final class RawText {
  private static final char REPLACEMENT = '\uFFFD';

  private RawText() {}

  static String decode(byte[] bytes) {
    return ByteName.of(bytes).toString();
  }

  /** The bytes that the text was made of. */
  public static byte[] encode(String text) {
    return ByteName.ofText(text).bytes();
  }

  /** The text with a replacement for each byte that is no text. */
  public static String readable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(isSurrogate(c) ? REPLACEMENT : c));
    return out.toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
