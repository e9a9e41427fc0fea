package org.jbuildkit.dockerfile.syntax;

import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;
import org.jspecify.annotations.Nullable;

/**
 * Quotes, escapes and variables in words, as BuildKit's {@code frontend/dockerfile/shell} has them.
 */
public final class Words {
  /** How quotes, escapes and unset variables are treated. */
  public enum Style {
    /** Quotes group and are dropped. */
    WORD(false, false, false, false),
    /** Quotes are ordinary, an escape is dropped before anything. */
    DOCUMENT(true, false, false, false),
    /** As in a shell command that is shown: quotes stay, unset variables stay as written. */
    DISPLAY(false, true, false, true),
    /** Nothing is dropped; only words are told apart. */
    RAW(false, true, true, true),
    /** Quotes and escapes are dropped, variables stay as written. */
    NAME(false, false, false, true);

    final boolean rawQuotes;
    final boolean keepsQuotes;
    final boolean keepsEscapes;
    final boolean keepsUnset;

    Style(boolean rawQuotes, boolean keepsQuotes, boolean keepsEscapes, boolean keepsUnset) {
      this.rawQuotes = rawQuotes;
      this.keepsQuotes = keepsQuotes;
      this.keepsEscapes = keepsEscapes;
      this.keepsUnset = keepsUnset;
    }
  }

  private Words() {}

  /**
   * The text with variables replaced.
   *
   * @param variables gives values; null for what is not set
   * @throws BuildException {@code failed to process "TEXT": reason}
   */
  public static String expand(
      String text, char escape, Function<String, @Nullable String> variables, Style style) {
    try {
      return new WordScan(text, escape, variables, style).text();
    } catch (IllegalArgumentException e) {
      throw failed(text, e);
    }
  }

  /**
   * The text as words, cut at blanks that are not in quotes, those in values included.
   *
   * <p>What stands before a variable with an operator is lost, as in upstream's.
   *
   * @throws BuildException as {@link #expand}
   */
  public static List<String> words(
      String text, char escape, Function<String, @Nullable String> variables) {
    try {
      return new WordScan(text, escape, variables, Style.WORD).words();
    } catch (IllegalArgumentException e) {
      throw failed(text, e);
    }
  }

  private static BuildException failed(String text, IllegalArgumentException e) {
    return new BuildException(
        ErrorCode.UNKNOWN,
        "failed to process %s: %s".formatted(GoQuote.quote(text), e.getMessage()),
        e);
  }

  /** Words at blanks outside of quotes, as written; none if the text is no sequence of words. */
  public static List<String> split(String text) {
    return split(text, Style.RAW);
  }

  static List<String> split(String text, Style style) {
    try {
      return new WordScan(text, '\\', _ -> null, style).words();
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }
}
