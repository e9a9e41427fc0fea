package org.jbuildkit.session.files;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.protocol.fsutil.Stat;

/**
 * Where received files go. Called by one thread; paths were checked and come in ascending order,
 * each directory before its content.
 */
public interface ReceiveTarget {
  /** The next entry of what is kept from before, in sending order; empty after the last. */
  Optional<Stat> nextExisting() throws IOException;

  /** Removes a kept name and all below it. */
  void remove(Stat existing) throws IOException;

  /** Creates or updates a directory, link, device or fifo. */
  void place(Stat stat) throws IOException;

  /** Makes a further name of a regular file; called when all contents are there. */
  void link(Stat stat) throws IOException;

  /**
   * Opens a new content for a regular file; it becomes visible under its name by {@link #commit}.
   */
  OutputStream open(Stat stat) throws IOException;

  /** Closes what {@link #open} gave and puts it in place with the announced metadata. */
  void commit(Stat stat, OutputStream content) throws IOException;

  /** Gives up what {@link #open} gave. */
  void abandon(Stat stat, OutputStream content);

  /** Called last, with everything in place: sets the times of {@code directory}. */
  void finish(Stat directory) throws IOException;

  /** The name's text for messages. */
  static String text(Stat stat) {
    return ByteName.of(stat.getPath().toByteArray()).toString();
  }
}
