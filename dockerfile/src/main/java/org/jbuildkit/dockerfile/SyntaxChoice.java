package org.jbuildkit.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/**
 * The frontend image that a file or a build argument asks for. The language of Docker's own images
 * is the one that is built in, so it stands for them; any other image is refused.
 */
final class SyntaxChoice {
  private static final Pattern DIRECTIVE =
      Pattern.compile("^#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.+?)[ \t\r]*$");
  private static final Pattern OWN =
      Pattern.compile("(docker\\.io/)?docker/dockerfile(-upstream)?(:[\\w.-]+)?(@sha256:\\w+)?");

  private SyntaxChoice() {}

  /**
   * @throws BuildException for an image whose language is not built in
   */
  static void check(byte[] file, Map<String, String> options) {
    var asked = options.getOrDefault("build-arg:BUILDKIT_SYNTAX", directive(file));
    var image = asked.split(" ", 2)[0];
    if (!image.isEmpty() && !OWN.matcher(image).matches()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED,
          "frontend image " + image + ": frontend images are not supported by this daemon");
    }
  }

  /** The value of the {@code syntax} directive at the head of the file, or empty. */
  private static String directive(byte[] file) {
    var text = new String(file, StandardCharsets.UTF_8).replaceFirst("^\uFEFF", "");
    for (var line : text.replaceFirst("^#!.*\n", "").split("\n", 20)) {
      var match = DIRECTIVE.matcher(line);
      if (!match.matches()) {
        return "";
      }
      if (match.group(1).equalsIgnoreCase("syntax")) {
        return match.group(2);
      }
    }
    return "";
  }
}
