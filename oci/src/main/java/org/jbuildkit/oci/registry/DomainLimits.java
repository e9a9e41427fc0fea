package org.jbuildkit.oci.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Bounds the transfers that run at once with each registry; documents have one slot more. */
final class DomainLimits {
  private final int transfers;
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();

  DomainLimits(int transfers) {
    this.transfers = transfers;
  }

  private record Gate(Semaphore data, Semaphore all) {}

  /** A place among the transfers; closing gives it back. */
  interface Slot extends AutoCloseable {
    @Override
    void close();
  }

  Slot acquire(String domain, String mediaType) throws InterruptedException {
    var gate =
        gates.computeIfAbsent(
            domain, _ -> new Gate(new Semaphore(transfers), new Semaphore(transfers + 1)));
    if (mediaType.endsWith("+json")) {
      gate.all().acquire();
      return gate.all()::release;
    }
    gate.data().acquire();
    try {
      gate.all().acquire();
    } catch (InterruptedException e) {
      gate.data().release();
      throw e;
    }
    return () -> {
      gate.all().release();
      gate.data().release();
    };
  }
}
