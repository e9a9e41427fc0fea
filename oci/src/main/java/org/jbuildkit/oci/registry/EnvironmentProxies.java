package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Proxies that {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name. */
public final class EnvironmentProxies extends ProxySelector {
  private final Map<String, String> environment;

  /**
   * @param environment the variables, by name
   */
  public EnvironmentProxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public List<Proxy> select(URI uri) {
    var value = value(uri.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (value.isEmpty() || isDirect(uri)) {
      return List.of(Proxy.NO_PROXY);
    }
    var proxy = URI.create(value.contains("://") ? value : "http://" + value);
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
  }

  private String value(String name) {
    var upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private boolean isDirect(URI uri) {
    var host = uri.getHost() == null ? "" : uri.getHost();
    if (RegistryHost.isLoopback(host)) {
      return true;
    }
    for (var rule : value("NO_PROXY").split(",", -1)) {
      var name = rule.trim().replaceFirst(":[0-9]+$", "").replaceFirst("^\\*?\\.", "");
      boolean matches = host.equals(name) || host.endsWith("." + name);
      if (rule.trim().equals("*") || (!name.isEmpty() && matches)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request itself reports it.
  }
}
