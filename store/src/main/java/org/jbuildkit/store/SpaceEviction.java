package org.jbuildkit.store;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes room by removing records that nothing uses, the least valuable first. */
public final class SpaceEviction implements SpaceBudget.Eviction {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceEviction.class);

  private final Pruner.Records records;
  // One at a time: who waited may find that there is room now.
  private final ReentrantLock running = new ReentrantLock();

  public SpaceEviction(Pruner.Records records) {
    this.records = records;
  }

  @Override
  public void run(LongSupplier excess) {
    running.lock();
    try {
      if (excess.getAsLong() > 0) {
        evict(excess);
      }
    } catch (IOException e) {
      LOG.warn("can't make room on the disk: {}", e.getMessage());
    } finally {
      running.unlock();
    }
  }

  private void evict(LongSupplier excess) throws IOException {
    var run = new PruneRun(records, records.usage(), _ -> true, true);
    long bytes = 0;
    while (excess.getAsLong() > 0) {
      var gone = run.removeNext();
      if (gone.isEmpty()) {
        break;
      }
      bytes += gone.get().size();
    }
    LOG.debug("evicted {} bytes", bytes);
  }
}
