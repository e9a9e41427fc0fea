package org.jbuildkit.base;

/** Blanks as Go's {@code unicode.IsSpace} knows them, which are not those of Java. */
public final class GoSpace {
  private GoSpace() {}

  /** Whether the code point is a blank. */
  public static boolean isSpace(int c) {
    return switch (c) {
      case '\t', '\n', 0x0B, '\f', '\r', ' ', 0x85, 0xA0 -> true;
      default -> c > 0xFF && isSeparator(c);
    };
  }

  private static boolean isSeparator(int c) {
    int type = Character.getType(c);
    return type == Character.SPACE_SEPARATOR
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /** Whether there is nothing but blanks. */
  public static boolean isBlank(String text) {
    return first(text) == text.length();
  }

  /** Without the blanks at both ends. */
  public static String trim(String text) {
    int start = first(text);
    int end = text.length();
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Without the blanks at the start. */
  public static String trimStart(String text) {
    return text.substring(first(text));
  }

  private static int first(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return start;
  }
}
