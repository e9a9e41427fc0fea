package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Set;
import org.jbuildkit.base.Digest;

/** Removes blobs that nothing names; only before anything uses the store. */
public final class BlobSweep {
  private BlobSweep() {}

  /**
   * Removes all blobs but these.
   *
   * @return bytes removed
   */
  public static long run(ContentStore content, Set<Digest> named) throws IOException {
    var unnamed = new ArrayList<Digest>();
    var bytes = new long[1];
    content.walk((digest, size) -> {
      if (!named.contains(digest)) {
        unnamed.add(digest);
        bytes[0] += size;
      }
    });
    for (var digest : unnamed) {
      content.delete(digest);
    }
    return bytes[0];
  }
}
