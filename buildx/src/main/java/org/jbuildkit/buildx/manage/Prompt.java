package org.jbuildkit.buildx.manage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jbuildkit.cli.Environment;

/** Asks before something is lost. */
final class Prompt {
  private final Environment environment;

  Prompt(Environment environment) {
    this.environment = environment;
  }

  /** Whether the user says yes; the end of input is a no. */
  boolean confirm(String question) throws IOException {
    environment.out().print(question);
    environment.out().flush();
    var line =
        new BufferedReader(new InputStreamReader(environment.in(), StandardCharsets.UTF_8))
            .readLine();
    return line != null && line.trim().toLowerCase(Locale.ROOT).equals("y");
  }
}
