package org.jbuildkit.client.progress;

import org.jbuildkit.protocol.control.StatusResponse;

/** Shows progress. Used by one thread. */
interface Display {
  /** Takes a message, times on this machine's clock; shows nothing yet unless it must. */
  void add(StatusResponse update);

  /** Brings what is shown up to date. */
  void refresh();

  /** Shows everything for the last time, and why steps failed. */
  void finish();
}
