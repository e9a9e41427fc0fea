package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.jbuildkit.buildx.store.DockerContext;
import org.jbuildkit.cli.Environment;

/** Proxies that the user's Docker configuration gives to builds. */
final class ProxyArguments {
  private static final Map<String, String> NAMES =
      Map.of(
          "httpProxy", "HTTP_PROXY",
          "httpsProxy", "HTTPS_PROXY",
          "noProxy", "NO_PROXY",
          "ftpProxy", "FTP_PROXY");

  private ProxyArguments() {}

  static Map<String, String> read(Environment environment) {
    var arguments = new LinkedHashMap<String, String>();
    Json.Obj proxies;
    try {
      var file = DockerContext.configFolder(environment).resolve("config.json");
      proxies = Json.parseObject(Files.readAllBytes(file)).object("proxies");
    } catch (IOException | IllegalArgumentException _) {
      return arguments; // the credentials' reader warns of the file
    }
    var host = proxies.object(DockerContext.current(environment).key());
    var chosen = host.members().isEmpty() ? proxies.object("default") : host;
    NAMES.forEach((key, name) -> {
      if (!chosen.text(key).isEmpty()) {
        arguments.put(name, chosen.text(key));
      }
    });
    return arguments;
  }
}
