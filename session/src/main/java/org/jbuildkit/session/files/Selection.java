package org.jbuildkit.session.files;

import java.io.IOException;
import java.util.List;
import org.jbuildkit.protocol.fsutil.Stat;

/** Which announced entries are received; the others are passed over. */
@FunctionalInterface
public interface Selection {
  /** Every entry is. */
  Selection ALL = List::of;

  /**
   * @param id by which the sender knows the entry
   */
  record Announced(int id, Stat stat) {}

  /**
   * What is received now: this entry, with directories above it that were held back, or nothing.
   * Asked for every entry, in sending order.
   */
  List<Announced> select(Announced entry) throws IOException;
}
