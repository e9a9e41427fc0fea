package org.jbuildkit.buildx.driver;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.client.DaemonConnection;

/** How the daemon of one node is reached. */
public sealed interface Driver permits LocalDriver, RemoteDriver, UnservedDriver {
  /** The name by which users choose it. */
  String name();

  /** Whether {@link #connect} would have to start something first. */
  boolean needsStart() throws IOException, InterruptedException;

  /**
   * Connects to the daemon, which answers by then; starts it where the driver can. The caller
   * closes the connection.
   *
   * @throws org.jbuildkit.base.BuildException if it can't be reached or started
   */
  DaemonConnection connect() throws IOException, InterruptedException;

  /** A connection if the daemon runs; nothing is started. The caller closes it. */
  Optional<DaemonConnection> running() throws IOException, InterruptedException;

  /** What is said of a daemon that does not run. */
  String idleStatus();

  /** Ends the daemon and waits for that; nothing where it isn't this driver's to end. */
  void stop() throws IOException, InterruptedException;

  /** Removes what the driver made, all but the state if that is to be kept. */
  void remove(boolean keepState) throws IOException, InterruptedException;
}
