package org.jbuildkit.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jspecify.annotations.Nullable;

/** How many layers name each blob. Guarded by the store's lock. */
final class NamedBlobs {
  private final Map<Digest, Integer> counts = new HashMap<>();

  /** Takes in all that a record names. */
  void count(RefRecord record) {
    record.values.forEach((name, value) -> change(null, value, name));
  }

  /** A value of a record was replaced. */
  void change(@Nullable String before, @Nullable String after, String name) {
    if (!name.startsWith(RefTable.BLOB)) {
      return;
    }
    if (after != null) {
      counts.merge(digest(after), 1, Integer::sum);
    }
    if (before != null) {
      release(digest(before));
    }
  }

  /** Whether nothing is left that names the blob. */
  private boolean release(Digest digest) {
    return counts.merge(digest, -1, (known, less) -> known + less == 0 ? null : known + less)
        == null;
  }

  /** Leaves out all that a record names, and tells what nothing else does. */
  List<Digest> forget(RefRecord record) {
    var unnamed = new ArrayList<Digest>();
    record.values.forEach((name, value) -> {
      if (name.startsWith(RefTable.BLOB)) {
        var digest = digest(value);
        if (release(digest)) {
          unnamed.add(digest);
        }
      }
    });
    return unnamed;
  }

  boolean isNamed(Digest digest) {
    return counts.containsKey(digest);
  }

  Set<Digest> all() {
    return new HashSet<>(counts.keySet());
  }

  private static Digest digest(String descriptor) {
    return Digest.parse(
        Json.parseObject(descriptor.getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .text("digest"));
  }
}
