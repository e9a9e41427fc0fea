package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.linux.Datagrams;
import org.jbuildkit.linux.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the service manager that started this process how it fares, as {@code sd_notify} does. */
final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  private final Optional<String> socket;

  ServiceManager(Map<String, String> environment) {
    this.socket =
        Optional.of(environment.getOrDefault("NOTIFY_SOCKET", "")).filter(name -> !name.isEmpty());
  }

  void ready() {
    tell("READY=1");
  }

  void stopping() {
    tell("STOPPING=1");
  }

  private void tell(String state) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      Datagrams.send(socket.get(), state.getBytes(StandardCharsets.UTF_8));
    } catch (LinuxException e) {
      LOG.warn("can't tell the service manager {}", state, e);
    }
  }
}
