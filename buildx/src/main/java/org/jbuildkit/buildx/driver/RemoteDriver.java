package org.jbuildkit.buildx.driver;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;

/** A daemon that somebody else runs. */
public final class RemoteDriver implements Driver {
  public static final String NAME = "remote";

  private static final List<String> SCHEMES =
      List.of("docker-container", "kube-pod", "npipe", "ssh", "tcp", "unix");
  private static final List<String> FILES = List.of("cacert", "cert", "key");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 200;

  private final String endpoint;
  private final TlsFiles tls;

  private RemoteDriver(String endpoint, TlsFiles tls) {
    this.endpoint = endpoint;
    this.tls = tls;
  }

  /**
   * @throws BuildException for options that make no sense
   */
  public static RemoteDriver of(StoredNode node) {
    if (node.files().filter(files -> !files.isEmpty()).isPresent()) {
      throw BuildException.failed("setting config file is not supported for remote driver");
    }
    if (node.flags().filter(flags -> !flags.isEmpty()).isPresent()) {
      throw BuildException.failed("setting buildkit flags is not supported for remote driver");
    }
    checkEndpoint(node.endpoint());
    return new RemoteDriver(node.endpoint(), tls(node));
  }

  /** Refuses what is no address of a daemon, and what can't be reached. */
  public static void checkEndpoint(String endpoint) {
    int end = endpoint.indexOf("://");
    var scheme = end < 0 ? "" : endpoint.substring(0, end);
    if (!SCHEMES.contains(scheme)) {
      throw BuildException.failed("unrecognized url scheme " + scheme);
    }
    if (!scheme.equals("unix") && !scheme.equals("tcp")) {
      throw BuildException.failed(
          "endpoints with the scheme " + scheme + " are not supported: use unix or tcp");
    }
  }

  private static TlsFiles tls(StoredNode node) {
    for (var key : node.options().map(options -> options.keySet()).orElse(Set.of())) {
      if (key.equals("default-load")) {
        if (GoValues.parseBool(node.option(key)).orElse(true)) {
          throw BuildException.failed("driver option default-load is not supported");
        }
      } else if (!key.equals("servername") && !FILES.contains(key)) {
        throw BuildException.failed("invalid driver option " + key + " for remote driver");
      }
      if (FILES.contains(key) && !Path.of(node.option(key)).isAbsolute()) {
        throw BuildException.failed(
            "non-absolute path '" + node.option(key) + "' provided for " + key);
      }
    }
    var name = node.option("servername");
    var ca = node.option("cacert");
    var certificate = node.option("cert");
    var key = node.option("key");
    if (name.isEmpty() && ca.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return TlsFiles.NONE;
    }
    if (ca.isEmpty() || certificate.isEmpty() != key.isEmpty()) {
      throw BuildException.failed("tls enabled, but missing keys cacert, key");
    }
    return new TlsFiles(name, ca, certificate, key);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsStart() {
    return true;
  }

  @Override
  public DaemonConnection connect() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var found = running();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > deadline) {
        throw BuildException.failed(
            "failed to connect to the daemon at %s within %d seconds"
                .formatted(endpoint, PATIENCE.toSeconds()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  @Override
  public Optional<DaemonConnection> running() {
    return Answer.from(endpoint, tls, PATIENCE);
  }

  @Override
  public String idleStatus() {
    return "inactive";
  }

  @Override
  public void stop() {}

  @Override
  public void remove(boolean keepState) {}
}
