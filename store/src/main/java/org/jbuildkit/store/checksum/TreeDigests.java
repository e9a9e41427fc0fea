package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;

/** Digests of one tree, computed as they are asked for and remembered. The tree must not change. */
final class TreeDigests {
  private final boolean isTransferred;
  private final Map<ByteName, Digest> entries = new ConcurrentHashMap<>();
  private final Map<ByteName, Digest> contents = new ConcurrentHashMap<>();

  /**
   * @param isTransferred whether a client sent the tree: then its root has no metadata of its own
   */
  TreeDigests(boolean isTransferred) {
    this.isTransferred = isTransferred;
  }

  /** The digest of an entry by itself: for a directory its header. */
  Digest entry(Dir root, ByteName path, FileStat stat) throws IOException {
    if (path.isEmpty() && isTransferred) {
      return EntryDigest.empty();
    }
    var known = entries.get(path);
    if (known == null) {
      known = EntryDigest.of(root, path, stat);
      entries.put(path, known);
    }
    return known;
  }

  /** The digest of an entry with all that is below it. */
  Digest content(Dir root, ByteName path, FileStat stat) throws IOException {
    if (!stat.isDirectory()) {
      return entry(root, path, stat);
    }
    var known = contents.get(path);
    if (known == null) {
      known = directory(root, path, stat);
      contents.put(path, known);
    }
    return known;
  }

  private Digest directory(Dir root, ByteName path, FileStat stat) throws IOException {
    var hasher = new Digest.Hasher();
    hasher.update("\0").update(entry(root, path, stat).toString());
    try (var dir = root.openDir(path)) {
      for (var child : dir.list()) {
        var childPath = path.resolve(child.name());
        var digest = content(root, childPath, root.stat(childPath));
        hasher.update("\0").update(child.name().bytes()).update(digest.toString());
      }
    }
    return hasher.finish();
  }
}
