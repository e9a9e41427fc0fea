package org.jbuildkit.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Json;
import org.jbuildkit.session.attach.RegistryCredentials.Credential;

/** A {@code docker-credential-*} program. */
final class CredentialHelper {
  private static final int TIMEOUT_SECONDS = 60;
  private static final String TOKEN_USER = "<token>";

  private CredentialHelper() {}

  static Optional<Credential> get(String name, String server) throws IOException {
    var process =
        new ProcessBuilder("docker-credential-" + name, "get")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(server.getBytes(StandardCharsets.UTF_8));
    }
    var output = process.getInputStream().readAllBytes();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("docker-credential-" + name + " does not answer");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      var text = new String(output, StandardCharsets.UTF_8).strip();
      if (text.contains("credentials not found")) {
        return Optional.empty();
      }
      throw new IOException(
          "error getting credentials - err: docker-credential-" + name + ": " + text);
    }
    try {
      var json = Json.parseObject(output);
      var username = json.text("Username");
      return Optional.of(
          new Credential(username.equals(TOKEN_USER) ? "" : username, json.text("Secret"), ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("invalid answer of docker-credential-" + name, e);
    }
  }
}
