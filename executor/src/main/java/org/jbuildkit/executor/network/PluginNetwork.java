package org.jbuildkit.executor.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/**
 * Makes the interfaces of a namespace with chains of plug-ins: a loopback device, and {@code eth0}.
 * What the plug-ins said of them is kept in files, as they want to hear it again at the end, which
 * may be in another process.
 *
 * @param chains by interface, in the order in which they are made
 * @param folders where plug-ins are looked for
 * @param results a folder of our own
 */
record PluginNetwork(List<Chain> chains, List<Path> folders, Path results) {
  /** What makes one interface. */
  record Chain(String device, PluginChain plugins) {}

  PluginNetwork {
    chains = List.copyOf(chains);
    folders = List.copyOf(folders);
  }

  static PluginNetwork of(
      PluginChain loopback, PluginChain chain, List<Path> folders, Path results) {
    return new PluginNetwork(
        List.of(new Chain("lo", loopback), new Chain("eth0", chain)), folders, results);
  }

  /**
   * Makes the interfaces; if that fails, what was made is taken away.
   *
   * @param id of the namespace, a plain file name
   * @param hostname empty if the step has none of its own
   */
  void attach(String id, Path namespace, String hostname) throws IOException, InterruptedException {
    if (hostname.contains(";")) {
      throw new IOException("invalid hostname \"" + hostname + "\"");
    }
    try {
      var told = Json.object();
      for (var chain : chains) {
        told.put(chain.device(), add(chain, attachment(id, namespace, chain, hostname)));
      }
      Files.write(results.resolve(id), told.build().bytes());
    } catch (IOException | InterruptedException e) {
      try {
        detach(id, namespace, hostname);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private Json add(Chain chain, CniPlugin.Attachment attachment)
      throws IOException, InterruptedException {
    Optional<Json> result = Optional.empty();
    for (var plugin : chain.plugins().plugins()) {
      var found = CniPlugin.find(plugin.text("type"), folders);
      result = Optional.of(found.add(attachment, config(chain.plugins(), plugin, result)));
    }
    return result.orElseThrow();
  }

  private static CniPlugin.Attachment attachment(
      String id, Path namespace, Chain chain, String hostname) {
    var args = hostname.isEmpty() ? "" : "IgnoreUnknown=1;K8S_POD_NAME=" + hostname;
    return new CniPlugin.Attachment(id, namespace, chain.device(), args);
  }

  private static Json config(PluginChain chain, Json.Obj plugin, Optional<Json> previous) {
    var config = Json.object();
    plugin.members().forEach(config::put);
    config.put("name", chain.name());
    config.putUnlessEmpty("cniVersion", chain.version());
    previous.ifPresent(result -> config.put("prevResult", result));
    return config.build();
  }

  /** Takes the interfaces away, as far as that can be done. */
  void detach(String id, Path namespace, String hostname) throws IOException, InterruptedException {
    var told = told(id);
    var failures = new ArrayList<IOException>();
    for (var chain : chains.reversed()) {
      var attachment = attachment(id, namespace, chain, hostname);
      for (var plugin : chain.plugins().plugins().reversed()) {
        try {
          var found = CniPlugin.find(plugin.text("type"), folders);
          found.remove(attachment, config(chain.plugins(), plugin, told.get(chain.device())));
        } catch (IOException e) {
          failures.add(e);
        }
      }
    }
    Files.deleteIfExists(results.resolve(id));
    if (!failures.isEmpty()) {
      var first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  private Json.Obj told(String id) throws IOException {
    var file = results.resolve(id);
    try {
      return Files.exists(file)
          ? Json.parseObject(Files.readAllBytes(file))
          : Json.object().build();
    } catch (IllegalArgumentException _) {
      return Json.object().build(); // the daemon was killed while it wrote
    }
  }
}
