package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import org.jbuildkit.base.Digest;

/** Fetches a layer's blob and writes its content in the snapshotter's form. */
@FunctionalInterface
public interface LayerUnpacker {
  /**
   * @param content the layer's own empty directory
   * @param isLowest whether nothing lies below, so that whiteouts mean nothing
   * @param room for what is written
   */
  void unpack(LazyLayer layer, Path content, boolean isLowest, Room room)
      throws IOException, InterruptedException;

  /** Fetches a layer's blob ahead of its unpacking. */
  default void fetch(LazyLayer layer) throws IOException, InterruptedException {}

  /** Bytes of a blob, zero if it is not stored. */
  default long storedSize(Digest blob) throws IOException {
    return 0;
  }

  /** Takes note that no layer names a blob any more. Runs under the store's lock. */
  default void drop(Digest blob) throws IOException {}
}
