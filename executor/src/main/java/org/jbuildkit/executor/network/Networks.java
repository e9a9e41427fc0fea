package org.jbuildkit.executor.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Uninterrupted;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.NetworkDevice;
import org.jbuildkit.linux.OpenMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks of a daemon's steps. */
public final class Networks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
  private static final Duration POLL = Duration.ofSeconds(30);

  private final NetworkOptions.Mode mode;
  private final Optional<Namespaces> namespaces;
  private final Optional<NamespacePool> pool;
  private final Optional<NetworkDevice> ownBridge;

  private Networks(
      NetworkOptions.Mode mode,
      Optional<Namespaces> namespaces,
      Optional<NamespacePool> pool,
      Optional<NetworkDevice> ownBridge) {
    this.mode = mode;
    this.namespaces = namespaces;
    this.pool = pool;
    this.ownBridge = ownBridge;
  }

  /** A step's network, until it is closed. */
  public interface Lease extends AutoCloseable {
    StepNetwork network();

    @Override
    void close() throws IOException;
  }

  /**
   * Takes away what an earlier daemon left, and tries the plug-ins once.
   *
   * @throws IOException {@code CNI setup error: …}, and for what is missing
   */
  public static Networks open(NetworkOptions options) throws IOException, InterruptedException {
    var mode = resolve(options);
    if (mode == NetworkOptions.Mode.HOST || mode == NetworkOptions.Mode.NONE) {
      return new Networks(mode, Optional.empty(), Optional.empty(), Optional.empty());
    }
    boolean isBridge = mode == NetworkOptions.Mode.BRIDGE;
    var results = Files.createDirectories(options.folder().resolve("results"));
    var folder = Files.createDirectories(options.folder().resolve("cni"));
    var network = isBridge ? BridgeNetwork.open(options, results) : configured(options, results);
    var namespaces = new Namespaces(folder, network);
    var device = new NetworkDevice(options.bridge());
    boolean makesBridge = isBridge && !device.exists();
    removeLeft(namespaces);
    attempt(options, namespaces);
    Optional<NamespacePool> pool =
        options.poolSize() == 0
            ? Optional.empty()
            : Optional.of(
                new NamespacePool(namespaces, options.poolSize(), Clock.systemUTC(), POLL));
    return new Networks(
        mode, Optional.of(namespaces), pool, makesBridge ? Optional.of(device) : Optional.empty());
  }

  private static NetworkOptions.Mode resolve(NetworkOptions options) {
    if (options.mode() != NetworkOptions.Mode.AUTO) {
      return options.mode();
    }
    if (Files.exists(options.config())) {
      return NetworkOptions.Mode.CNI;
    }
    LOG.warn("using host network as the default");
    return NetworkOptions.Mode.HOST;
  }

  private static PluginNetwork configured(NetworkOptions options, Path results) throws IOException {
    if (!Files.exists(options.config())) {
      throw new IOException("failed to read cni config \"%s\"".formatted(options.config()));
    }
    if (!Files.exists(options.plugins())) {
      throw new IOException("failed to read cni binary dir \"%s\"".formatted(options.plugins()));
    }
    var chain = PluginChain.read(options.config());
    return PluginNetwork.of(
        PluginChain.loopback("loopback"), chain, List.of(options.plugins()), results);
  }

  private static void removeLeft(Namespaces namespaces) throws IOException, InterruptedException {
    for (var left : namespaces.left()) {
      try {
        namespaces.remove(left);
      } catch (IOException e) {
        LOG.warn(
            "failed to release network namespace \"{}\" left over from previous run: {}",
            left.id(),
            e.getMessage());
      }
    }
  }

  private static void attempt(NetworkOptions options, Namespaces namespaces)
      throws IOException, InterruptedException {
    try {
      if (options.initLock().isEmpty()) {
        namespaces.remove(namespaces.make(""));
        return;
      }
      var file = options.initLock().get().toString();
      try (var lock = Fd.open(file, OpenMode.CREATE_OR_OPEN, 0600)) {
        lock.lock();
        namespaces.remove(namespaces.make(""));
      }
    } catch (IOException e) {
      throw new IOException("CNI setup error: " + e.getMessage(), e);
    }
  }

  /** What the worker's label says: {@code cni}, {@code host} or {@code none}. */
  public String name() {
    return switch (mode) {
      case AUTO, CNI, BRIDGE -> "cni";
      case HOST -> "host";
      case NONE -> "none";
    };
  }

  /**
   * The network of a step; the caller closes it.
   *
   * @param hostname empty if the step has none of its own
   */
  public Lease open(ContainerProcess.Network wanted, String hostname)
      throws IOException, InterruptedException {
    return switch (wanted) {
      case HOST -> fixed(new StepNetwork.Host());
      case NONE -> fixed(new StepNetwork.Empty());
      case DEFAULT ->
          switch (mode) {
            case HOST -> fixed(new StepNetwork.Host());
            case NONE -> fixed(new StepNetwork.Empty());
            case AUTO, CNI, BRIDGE -> made(hostname);
          };
    };
  }

  private static Lease fixed(StepNetwork network) {
    return new Lease() {
      @Override
      public StepNetwork network() {
        return network;
      }

      @Override
      public void close() {}
    };
  }

  private Lease made(String hostname) throws IOException, InterruptedException {
    var all = namespaces.orElseThrow();
    if (pool.isPresent() && hostname.isEmpty()) {
      var taken = pool.get().take();
      return lease(taken, () -> pool.get().give(taken));
    }
    var made = all.make(hostname);
    return lease(made, () -> all.remove(made));
  }

  /** Gives a namespace back. */
  @FunctionalInterface
  private interface Return {
    void run() throws IOException, InterruptedException;
  }

  private static Lease lease(Namespaces.Made made, Return end) {
    return new Lease() {
      @Override
      public StepNetwork network() {
        return new StepNetwork.Joined(made.file());
      }

      @Override
      public void close() {
        try {
          Uninterrupted.call(() -> {
            end.run();
            return 0;
          });
        } catch (Exception e) {
          // The step itself went well; what is left goes at the next start.
          LOG.warn("network namespace {} can't be released: {}", made.id(), e.getMessage());
        }
      }
    };
  }

  @Override
  public void close() {
    pool.ifPresent(NamespacePool::close);
    try {
      if (ownBridge.isPresent()) {
        ownBridge.get().removeBridge();
      }
    } catch (IOException e) {
      LOG.warn("the bridge is left: {}", e.getMessage());
    }
  }
}
