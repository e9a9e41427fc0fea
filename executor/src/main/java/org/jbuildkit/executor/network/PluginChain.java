package org.jbuildkit.executor.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.base.Json;

/**
 * Plug-ins that make one network interface together, one after another.
 *
 * @param plugins the part of the configuration that each gets
 */
record PluginChain(String name, String version, List<Json.Obj> plugins) {
  private static final int MAX_SIZE = 1 << 20;

  PluginChain {
    plugins = List.copyOf(plugins);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("no 'name' in the network configuration");
    }
    for (var plugin : plugins) {
      if (plugin.text("type").isEmpty()) {
        throw new IllegalArgumentException("no 'type' in the network configuration");
      }
    }
    if (plugins.isEmpty()) {
      throw new IllegalArgumentException("no plugins in the network configuration");
    }
  }

  /** What makes the loopback device. */
  static PluginChain loopback(String type) {
    return new PluginChain(
        "cni-loopback", "0.3.1", List.of(Json.object().put("type", type).build()));
  }

  /**
   * Reads a file: a list of plug-ins if its name ends in {@code .conflist}, else a single one.
   *
   * @throws IOException also for a file that makes no sense
   */
  static PluginChain read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_SIZE) {
        throw new IOException(file + " is larger than 1 MiB");
      }
      var document = Json.parseObject(Files.readAllBytes(file));
      var plugins = List.of(document);
      if (file.toString().endsWith(".conflist")) {
        plugins = document.array("plugins").stream().map(PluginChain::object).toList();
      }
      return new PluginChain(document.text("name"), document.text("cniVersion"), plugins);
    } catch (IllegalArgumentException e) {
      throw new IOException("error parsing configuration: " + e.getMessage(), e);
    }
  }

  private static Json.Obj object(Json value) {
    return switch (value) {
      case Json.Obj object -> object;
      default -> throw new IllegalArgumentException("invalid plugin config: not an object");
    };
  }
}
