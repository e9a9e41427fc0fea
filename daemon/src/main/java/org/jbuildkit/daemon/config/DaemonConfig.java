package org.jbuildkit.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.history.Retention;

/**
 * Everything that a daemon can be told.
 *
 * @param root absolute; the daemon's own folder
 * @param entitlements what builds may be granted, by the entitlements' own names
 * @param proxyNetwork whether steps reach the network only through the daemon's proxy
 * @param devices that steps may ask for
 * @param registries by host, as in normalised references
 * @param history which build records stay
 * @param provenanceEnvironment what provenance documents tell of the daemon beside the usual
 * @param traceSocket where steps hand in their spans
 * @param platformsMaxAge how long no further platforms are looked for; negative for ever
 * @param idleTimeout how long a daemon without clients lives; zero for ever
 */
public record DaemonConfig(
    Path root,
    LogConfig log,
    ListenConfig listen,
    OciWorkerConfig ociWorker,
    List<String> entitlements,
    boolean proxyNetwork,
    DnsConfig dns,
    DevicesConfig devices,
    SequencedMap<String, RegistryConfig> registries,
    int maxRegistryConcurrency,
    Retention history,
    FrontendsConfig frontends,
    Json.Obj provenanceEnvironment,
    Optional<Path> traceSocket,
    Duration platformsMaxAge,
    Duration idleTimeout) {

  static final Duration PLATFORMS_MAX_AGE = Duration.ofSeconds(20);
  static final int REGISTRY_CONCURRENCY = 4;

  public DaemonConfig {
    entitlements = List.copyOf(entitlements);
    registries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(registries));
  }

  /** Defaults for everything but the root, and nothing to listen on: for use within a process. */
  public static DaemonConfig embedded(Path root) {
    return new DaemonConfig(
        root.toAbsolutePath().normalize(),
        LogConfig.DEFAULT,
        ListenConfig.NOTHING,
        OciWorkerConfig.DEFAULT,
        List.of(),
        false,
        DnsConfig.NONE,
        DevicesConfig.NONE,
        new LinkedHashMap<>(),
        REGISTRY_CONCURRENCY,
        Retention.DEFAULT,
        FrontendsConfig.ALL,
        Json.object().build(),
        Optional.empty(),
        PLATFORMS_MAX_AGE,
        Duration.ZERO);
  }
}
