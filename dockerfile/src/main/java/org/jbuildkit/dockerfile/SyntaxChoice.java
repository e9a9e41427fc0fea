package org.jbuildkit.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.syntax.Directives;

/** Leaves the work to the frontend image that a build argument or the file itself asks for. */
final class SyntaxChoice {
  private static final String ARGUMENT = "build-arg:BUILDKIT_SYNTAX";

  /** Given by whoever forwarded already: then the file's own wish no longer counts. */
  private static final String COMMAND_LINE = "cmdline";

  private SyntaxChoice() {}

  /**
   * What the image made of the file; nothing if no other image is asked for.
   *
   * @throws BuildException what the image says, with the place of the wish if it names none itself
   */
  static Optional<FrontendClient.Forwarded> forward(
      FrontendClient client, BuildFiles.Dockerfile file) throws InterruptedException {
    var options = client.options();
    if (options.containsKey(COMMAND_LINE)) {
      return Optional.empty();
    }
    var argument = options.get(ARGUMENT);
    if (argument != null) {
      try {
        return forward(client, argument);
      } catch (BuildException e) {
        throw hasPlace(e) ? e : e.within("failed with %s = %s".formatted(ARGUMENT, argument));
      }
    }
    var data = file.text().data();
    var directive = Directives.syntax(data);
    if (directive.isEmpty()) {
      return Optional.empty();
    }
    try {
      return forward(client, directive.get());
    } catch (BuildException e) {
      if (hasPlace(e)) {
        throw e;
      }
      int line = Directives.syntaxLine(data);
      throw new Places(file.text()).at(List.of(ErrorDetail.Range.lines(line, line)), e);
    }
  }

  private static boolean hasPlace(BuildException error) {
    return error.details().stream().anyMatch(ErrorDetail.Source.class::isInstance);
  }

  private static Optional<FrontendClient.Forwarded> forward(FrontendClient client, String line)
      throws InterruptedException {
    var options = new LinkedHashMap<>(client.options());
    options.put(COMMAND_LINE, line);
    options.put("source", line.strip().split(" ", 2)[0]);
    return client.forward(options);
  }
}
