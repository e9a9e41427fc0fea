package org.jbuildkit.dockerfile.syntax;

import java.util.Optional;

/** The texts that Go reads as truth values. */
public final class GoBool {
  private GoBool() {}

  /** True or false; empty for any other text. */
  public static Optional<Boolean> parse(String text) {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> Optional.of(true);
      case "0", "f", "F", "FALSE", "false", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
