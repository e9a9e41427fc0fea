package org.jbuildkit.client;

import io.grpc.Channel;
import java.util.List;
import org.jbuildkit.protocol.worker.WorkerRecord;

/**
 * Makes a build's result in the client's process: the daemon then runs the graph, but not the
 * frontend. A program that has its own language, or its own version of one, builds with any daemon
 * that way.
 */
@FunctionalInterface
public interface ForwardedFrontend {

  /**
   * Makes the result by calls of the build's gateway ({@code LLBBridge}), and ends with its {@code
   * Return}. An exception is returned to the daemon as the build's error.
   *
   * @param gateway whose calls name the build; stays the caller's
   * @param sessionId of the session that the build's files come from
   * @param workers of the daemon, the default one first
   */
  void build(Channel gateway, String sessionId, List<WorkerRecord> workers)
      throws InterruptedException;
}
