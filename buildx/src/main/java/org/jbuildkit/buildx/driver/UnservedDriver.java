package org.jbuildkit.buildx.driver;

import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.DaemonConnection;

/** A driver of other buildx programs, whose builders may be in the user's store. */
public record UnservedDriver(String name) implements Driver {

  private BuildException refused() {
    return BuildException.failed(
        "driver \"%s\" is not supported: create a builder with the driver \"local\" or \"remote\""
            .formatted(name));
  }

  @Override
  public boolean needsStart() {
    return false;
  }

  @Override
  public DaemonConnection connect() {
    throw refused();
  }

  @Override
  public Optional<DaemonConnection> running() {
    throw refused();
  }

  @Override
  public String idleStatus() {
    return "error";
  }

  @Override
  public void stop() {
    throw refused();
  }

  @Override
  public void remove(boolean keepState) {
    throw refused();
  }
}
