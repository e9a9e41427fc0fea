package org.jbuildkit.engine.exec;

import java.util.List;

/**
 * A process in a container that runs already.
 *
 * @param env complete, {@code NAME=VALUE}
 * @param user as in a Dockerfile's USER; empty for root
 * @param hasTerminal whether it gets a terminal for all its streams
 */
public record AddedProcess(
    List<String> args,
    List<String> env,
    String cwd,
    String user,
    ContainerProcess.Security security,
    boolean hasTerminal) {
  public AddedProcess {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }
}
