package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.daemon.config.OciWorkerConfig;
import org.jbuildkit.engine.exec.Emulation;
import org.jbuildkit.executor.DnsOptions;
import org.jbuildkit.executor.ExecutorOptions;
import org.jbuildkit.executor.device.DeviceRegistry;
import org.jbuildkit.executor.network.NetworkOptions;
import org.jbuildkit.executor.platform.Emulators;
import org.jbuildkit.executor.platform.RunnablePlatforms;
import org.jbuildkit.oci.Platform;
import org.jspecify.annotations.Nullable;

/** What the configuration means for running steps. */
final class Steps {
  private Steps() {}

  static ExecutorOptions options(DaemonConfig config) {
    var dns = config.dns();
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return new ExecutorOptions(
        config.root().resolve("executor"),
        config.ociWorker().binary(),
        path,
        network(config, path),
        config.ociWorker().cgroupParent(),
        config.ociWorker().apparmorProfile(),
        config.ociWorker().selinux(),
        devices(config),
        new DnsOptions(given(dns.nameservers()), given(dns.options()), given(dns.search())),
        config.traceSocket());
  }

  /** What runs here. */
  static RunnablePlatforms platforms(DaemonConfig config, Clock clock) throws IOException {
    var configured = config.ociWorker().platforms().stream().map(Platform::parse).toList();
    return new RunnablePlatforms(
        config.root().resolve("executor").resolve("probes"),
        configured,
        config.platformsMaxAge(),
        clock);
  }

  static Emulation emulators(DaemonConfig config, RunnablePlatforms platforms) {
    var folder = config.root().resolve("executor").resolve("emulators");
    return new Emulators(platforms, folder, Optional.ofNullable(System.getenv("PATH")).orElse(""));
  }

  static DeviceRegistry devices(DaemonConfig config) {
    var devices = config.devices();
    return new DeviceRegistry(devices.folders(), Set.copyOf(devices.autoAllowed()));
  }

  private static NetworkOptions network(DaemonConfig config, String searchPath) {
    var network = config.ociWorker().network();
    return new NetworkOptions(
        mode(network.mode()),
        config.root().resolve("net"),
        Path.of(network.cniConfigPath()),
        Path.of(network.cniBinaryPath()),
        network.cniPoolSize(),
        network.bridgeName(),
        network.bridgeSubnet(),
        Stream.of(searchPath.split(":", -1)).filter(Steps::isPlace).map(Path::of).toList(),
        Optional.ofNullable(System.getenv("BUILDKIT_CNI_INIT_LOCK_PATH"))
            .filter(file -> !file.isEmpty())
            .map(Path::of));
  }

  private static boolean isPlace(String folder) {
    return folder.startsWith("/");
  }

  private static NetworkOptions.Mode mode(OciWorkerConfig.Mode mode) {
    return switch (mode) {
      case AUTO ->
          isTrue(System.getenv("BUILDKIT_NETWORK_BRIDGE_AUTO"))
              ? NetworkOptions.Mode.BRIDGE
              : NetworkOptions.Mode.AUTO;
      case HOST -> NetworkOptions.Mode.HOST;
      case NONE -> NetworkOptions.Mode.NONE;
      case CNI -> NetworkOptions.Mode.CNI;
      case BRIDGE -> NetworkOptions.Mode.BRIDGE;
    };
  }

  private static boolean isTrue(@Nullable String text) {
    return text != null && GoValues.parseBool(text).orElse(false);
  }

  private static Optional<List<String>> given(List<String> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }
}
