package org.jbuildkit.daemon;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.executor.DnsOptions;
import org.jbuildkit.executor.ExecutorOptions;

/** What the configuration means for running steps. */
final class Steps {
  private Steps() {}

  static ExecutorOptions options(DaemonConfig config) {
    var dns = config.dns();
    return new ExecutorOptions(
        config.root().resolve("executor"),
        config.ociWorker().binary(),
        Optional.ofNullable(System.getenv("PATH")).orElse(""),
        network(config),
        config.ociWorker().cgroupParent(),
        new DnsOptions(given(dns.nameservers()), given(dns.options()), given(dns.search())),
        config.traceSocket());
  }

  /** Without a plug-in network, {@code auto} is the host's. */
  static ContainerProcess.Network network(DaemonConfig config) {
    return switch (config.ociWorker().network().mode()) {
      case AUTO, HOST -> ContainerProcess.Network.HOST;
      case NONE -> ContainerProcess.Network.NONE;
      case CNI, BRIDGE ->
          throw new IllegalArgumentException(
              "network mode "
                  + config.ociWorker().network().mode().text()
                  + " is not supported by this daemon");
    };
  }

  private static Optional<List<String>> given(List<String> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }
}
