package org.jbuildkit.buildx.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.linux.Dir;

/** A daemon of this distribution, started on demand: one for each user and root folder. */
public final class LocalDriver implements Driver {
  public static final String NAME = "local";

  private static final String CONFIG = "buildkitd.toml";
  private static final String IDLE_TIMEOUT = "idle-timeout";
  private static final String ROOT = "root";
  private static final String ENTITLEMENT = "--allow-insecure-entitlement";
  private static final String DEFAULT_IDLE_TIMEOUT = "30m";

  private final LocalPlace place;
  private final LocalDaemon daemon;
  private final Optional<byte[]> config;

  private LocalDriver(LocalPlace place, LocalDaemon daemon, Optional<byte[]> config) {
    this.place = place;
    this.daemon = daemon;
    this.config = config;
  }

  /**
   * @param home the distribution's folder
   * @throws BuildException for options that make no sense
   */
  public static LocalDriver of(StoredNode node, Path home, Environment environment) {
    for (var key : node.options().map(options -> options.keySet()).orElse(Set.of())) {
      if (!key.equals(ROOT) && !key.equals(IDLE_TIMEOUT)) {
        throw BuildException.failed("invalid driver option " + key + " for local driver");
      }
    }
    var root = node.option(ROOT);
    if (!root.isEmpty() && !Path.of(root).isAbsolute()) {
      throw BuildException.failed("non-absolute path '" + root + "' provided for " + ROOT);
    }
    var place =
        root.isEmpty()
            ? LocalPlace.of(node.name(), environment)
            : LocalPlace.at(Path.of(root), environment);
    var flags = new ArrayList<>(List.of("--" + IDLE_TIMEOUT, idleTimeout(node, environment)));
    var config = node.file(CONFIG);
    if (config.isPresent()) {
      flags.addAll(List.of("--config", place.own().resolve(CONFIG).toString()));
    }
    var own = node.flags().orElse(List.of());
    if (config.isEmpty() && own.stream().noneMatch(flag -> flag.startsWith(ENTITLEMENT))) {
      // The daemon belongs to the user, whose network it may use when it is asked to.
      flags.addAll(List.of(ENTITLEMENT, "network.host"));
    }
    flags.addAll(own);
    var program = home.resolve("bin/buildkitd");
    return new LocalDriver(place, new LocalDaemon(place, program, flags), config);
  }

  private static String idleTimeout(StoredNode node, Environment environment) {
    var given = node.option(IDLE_TIMEOUT);
    if (given.isEmpty()) {
      given = environment.variables().getOrDefault("JBUILDKIT_IDLE_TIMEOUT", DEFAULT_IDLE_TIMEOUT);
    }
    if (GoValues.parseDuration(given).isEmpty()) {
      throw BuildException.failed("time: invalid duration \"" + given + "\"");
    }
    return given;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsStart() throws IOException {
    var found = daemon.running();
    found.ifPresent(DaemonConnection::close);
    return found.isEmpty();
  }

  @Override
  public DaemonConnection connect() throws IOException, InterruptedException {
    if (config.isPresent()) {
      Files.createDirectories(place.own());
      Files.write(place.own().resolve(CONFIG), config.get());
    }
    return daemon.connect();
  }

  @Override
  public Optional<DaemonConnection> running() throws IOException {
    return daemon.running();
  }

  @Override
  public String idleStatus() {
    return Files.exists(place.rootLock()) ? "stopped" : "inactive";
  }

  @Override
  public void stop() throws IOException, InterruptedException {
    daemon.stop();
  }

  @Override
  public void remove(boolean keepState) throws IOException, InterruptedException {
    daemon.stop();
    var parent = place.root().getParent();
    if (!keepState && parent != null && Files.exists(place.rootLock())) {
      try (var folder = Dir.open(parent)) {
        folder.removeTree(ByteName.ofText(place.root().getFileName().toString()));
      }
    }
  }
}
