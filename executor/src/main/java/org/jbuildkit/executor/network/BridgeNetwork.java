package org.jbuildkit.executor.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.jbuildkit.base.Json;

/** The network that needs no configuration: a bridge, behind which steps share our addresses. */
final class BridgeNetwork {
  private static final String OWN = "buildkit-cni-";
  private static final Path SYSTEM_PLUGINS = Path.of("/usr/lib/cni");

  private BridgeNetwork() {}

  /**
   * Looks for the plug-ins: those made for this first, then those of the machine.
   *
   * @throws IOException {@code failed to find CNI bridge "…" or buildkit-cni-bridge}
   */
  static PluginNetwork open(NetworkOptions options, Path results) throws IOException {
    var folders = new LinkedHashSet<Path>();
    var loopback = find("loopback", options, folders);
    var bridge = find("bridge", options, folders);
    var addresses = find("host-local", options, folders);
    var firewall = find("firewall", options, folders);
    var ranges = Json.object().put("subnet", options.subnet()).build();
    var plugins =
        List.of(
            Json.object()
                .put("type", bridge)
                .put("bridge", options.bridge())
                .put("isDefaultGateway", true)
                .put("ipMasq", true)
                .put(
                    "ipam",
                    Json.object()
                        .put("type", addresses)
                        .put("ranges", new Json.Arr(List.of(new Json.Arr(List.of(ranges)))))
                        .build())
                .build(),
            Json.object().put("type", firewall).put("ingressPolicy", "same-bridge").build());
    return PluginNetwork.of(
        PluginChain.loopback(loopback),
        new PluginChain("buildkit", "1.0.0", plugins),
        List.copyOf(folders),
        results);
  }

  private static String find(String name, NetworkOptions options, SequencedSet<Path> folders)
      throws IOException {
    var own = place(OWN + name, options.searchPath());
    if (own.isPresent()) {
      folders.add(own.get());
      return OWN + name;
    }
    var places = new ArrayList<>(List.of(options.plugins()));
    places.add(SYSTEM_PLUGINS);
    var other = place(name, places);
    if (other.isEmpty()) {
      throw new IOException(
          "failed to find CNI %s \"%s\" or %s"
              .formatted(name, options.plugins().resolve(name), OWN + name));
    }
    folders.add(other.get());
    return name;
  }

  private static Optional<Path> place(String name, List<Path> folders) {
    return folders.stream().filter(folder -> Files.isExecutable(folder.resolve(name))).findFirst();
  }
}
