package org.jbuildkit.dockerfile;

import java.util.Map;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.dockerfile.syntax.Directives;

/**
 * The frontend image that a file or a build argument asks for. The language of Docker's own images
 * is the one that is built in, so it stands for them; any other image is refused.
 */
final class SyntaxChoice {
  private static final Pattern OWN =
      Pattern.compile("(docker\\.io/)?docker/dockerfile(-upstream)?(:[\\w.-]+)?(@sha256:\\w+)?");

  private SyntaxChoice() {}

  /**
   * @throws BuildException for an image whose language is not built in
   */
  static void check(byte[] file, Map<String, String> options) {
    var asked =
        options.getOrDefault("build-arg:BUILDKIT_SYNTAX", Directives.syntax(file).orElse(""));
    var image = asked.split(" ", 2)[0];
    if (!image.isEmpty() && !OWN.matcher(image).matches()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED,
          "frontend image " + image + ": frontend images are not supported by this daemon");
    }
  }
}
