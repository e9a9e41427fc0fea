package org.jbuildkit.buildx.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.cli.Environment;

/**
 * Where the user's Docker commands go; buildx keeps its choice of a builder by it.
 *
 * @param name of the context
 * @param key what the choice is kept by: the name, or the address of the default context
 */
public record DockerContext(String name, String key) {
  public static final String DEFAULT = "default";
  private static final String DEFAULT_HOST = "unix:///var/run/docker.sock";

  /** The user's folder of Docker's configuration. */
  public static Path configFolder(Environment environment) {
    var given = environment.variable("DOCKER_CONFIG");
    return given.isEmpty()
        ? Path.of(environment.variables().getOrDefault("HOME", "/"), ".docker")
        : Path.of(given);
  }

  /** The folder of the builder store. */
  public static Path storeFolder(Environment environment) {
    var given = environment.variable("BUILDX_CONFIG");
    return given.isEmpty() ? configFolder(environment).resolve("buildx") : Path.of(given);
  }

  public static DockerContext current(Environment environment) {
    var host = environment.variable("DOCKER_HOST");
    if (!host.isEmpty()) {
      return new DockerContext(DEFAULT, host);
    }
    var name = environment.variable("DOCKER_CONTEXT");
    if (name.isEmpty()) {
      name = configured(configFolder(environment).resolve("config.json"));
    }
    return name.isEmpty() || name.equals(DEFAULT)
        ? new DockerContext(DEFAULT, DEFAULT_HOST)
        : new DockerContext(name, name);
  }

  /** The address of the context's Docker Engine. */
  public String address(Environment environment) {
    if (name.equals(DEFAULT)) {
      return key;
    }
    var folder = Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex();
    var file = configFolder(environment).resolve("contexts/meta/" + folder + "/meta.json");
    try {
      return Json.parseObject(Files.readAllBytes(file))
          .object("Endpoints")
          .object("docker")
          .text("Host");
    } catch (IOException | IllegalArgumentException e) {
      throw BuildException.failed("can't read the Docker context \"" + name + "\"", e);
    }
  }

  private static String configured(Path file) {
    try {
      return Json.parseObject(Files.readAllBytes(file)).text("currentContext");
    } catch (IOException | IllegalArgumentException _) {
      return ""; // whoever needs more of the file tells what is wrong with it
    }
  }
}
