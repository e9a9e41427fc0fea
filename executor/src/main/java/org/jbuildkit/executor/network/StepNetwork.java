package org.jbuildkit.executor.network;

import java.nio.file.Path;

/** The network that a container gets. */
public sealed interface StepNetwork {

  /** The daemon's own. */
  record Host() implements StepNetwork {}

  /** A new one with nothing but a loopback device. */
  record Empty() implements StepNetwork {}

  /**
   * One that has been made already.
   *
   * @param namespace a file that stands for it
   */
  record Joined(Path namespace) implements StepNetwork {}
}
