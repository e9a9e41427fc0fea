package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;

/**
 * Digests of one tree, computed as they are asked for and remembered. Whoever changes the tree says
 * so.
 *
 * <p>A tree that is one layer on top of another shares the digests of all that the layer does not
 * touch: they are remembered with the tree below, for all trees on top of it. A layer holds every
 * directory in which something changed, so what it does not hold is as it was.
 */
final class TreeDigests {
  private static final int MAX_DEPTH = 8;

  private final boolean isTransferred;
  private final Optional<Below> below;
  private final int depth;

  // Raw hashes: large trees have hundreds of thousands.
  private final ConcurrentSkipListMap<ByteName, byte[]> entries = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<ByteName, byte[]> contents = new ConcurrentSkipListMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger unsaved = new AtomicInteger();

  /**
   * A tree below.
   *
   * @param layer what is on top of it, in overlayfs's form
   */
  record Below(TreeDigests digests, Path layer) {}

  /**
   * @param isTransferred whether a client sent the tree: then its root has no metadata of its own
   */
  TreeDigests(boolean isTransferred) {
    this(isTransferred, Optional.empty());
  }

  TreeDigests(boolean isTransferred, Optional<Below> below) {
    this.isTransferred = isTransferred;
    // Each level is a look at the disk for each path.
    this.below = below.filter(tree -> tree.digests.depth < MAX_DEPTH);
    this.depth = this.below.map(tree -> tree.digests.depth + 1).orElse(0);
  }

  /** The digests of the tree that the path comes from, with all that may be below it. */
  private TreeDigests home(ByteName path) throws IOException {
    var home = this;
    while (home.below.isPresent()) {
      try (var layer = Dir.open(home.below.get().layer())) {
        if (layer.tryStat(path).isPresent()) {
          return home;
        }
      }
      home = home.below.get().digests();
    }
    return home;
  }

  /** The digest of an entry by itself: for a directory its header. */
  Digest entry(Dir root, ByteName path, FileStat stat) throws IOException {
    return home(path).ownEntry(root, path, stat);
  }

  private Digest ownEntry(Dir root, ByteName path, FileStat stat) throws IOException {
    if (path.isEmpty() && isTransferred) {
      return EntryDigest.empty();
    }
    var known = entries.get(path);
    if (known != null) {
      return Digest.ofRaw("sha256", known);
    }
    var digest = EntryDigest.of(root, path, stat);
    put(entries, path, digest);
    return digest;
  }

  /** The digest of an entry with all that is below it. */
  Digest content(Dir root, ByteName path, FileStat stat) throws IOException {
    return home(path).ownContent(root, path, stat);
  }

  private Digest ownContent(Dir root, ByteName path, FileStat stat) throws IOException {
    if (!stat.isDirectory()) {
      return ownEntry(root, path, stat);
    }
    var known = contents.get(path);
    if (known != null) {
      return Digest.ofRaw("sha256", known);
    }
    var digest = directory(root, path, stat);
    put(contents, path, digest);
    return digest;
  }

  private Digest directory(Dir root, ByteName path, FileStat stat) throws IOException {
    var hasher = new Digest.Hasher();
    hasher.update("\0").update(ownEntry(root, path, stat).toString());
    try (var dir = root.openDir(path)) {
      for (var child : dir.list()) {
        var childPath = path.resolve(child.name());
        var digest = content(root, childPath, root.stat(childPath));
        hasher.update("\0").update(child.name().bytes()).update(digest.toString());
      }
    }
    return hasher.finish();
  }

  private void put(Map<ByteName, byte[]> digests, ByteName path, Digest digest) {
    unsaved.incrementAndGet();
    if (digests.put(path, digest.raw()) == null) {
      size.incrementAndGet();
    }
  }

  /** What a file says of a path. */
  void restore(boolean isContent, byte[] path, byte[] hash) {
    if ((isContent ? contents : entries).put(ByteName.of(path), hash) == null) {
      size.incrementAndGet();
    }
  }

  boolean isTransferred() {
    return isTransferred;
  }

  /** How many digests were added since they were last written to a file. */
  int unsaved() {
    return unsaved.get();
  }

  void saved() {
    unsaved.set(0);
  }

  /** Takes one digest. */
  @FunctionalInterface
  interface Sink {
    void accept(boolean isContent, byte[] path, byte[] hash) throws IOException;
  }

  void forEach(Sink sink) throws IOException {
    for (var entry : entries.entrySet()) {
      sink.accept(false, entry.getKey().bytes(), entry.getValue());
    }
    for (var content : contents.entrySet()) {
      sink.accept(true, content.getKey().bytes(), content.getValue());
    }
  }

  /** How many digests are remembered. */
  int size() {
    return size.get();
  }

  /** The file at {@code path} is a new one, of this digest. */
  void written(ByteName path, Digest digest) {
    removed(path);
    put(entries, path, digest);
  }

  /** The entry itself is another; what is below it stays. */
  void changed(ByteName path) {
    drop(entries, path);
    for (var above = Optional.of(path); above.isPresent(); above = above.get().parent()) {
      drop(contents, above.get());
    }
    drop(contents, ByteName.EMPTY);
  }

  /** Nothing is known any more of the entry and of what is below it. */
  void removed(ByteName path) {
    changed(path);
    dropBelow(entries, path);
    dropBelow(contents, path);
  }

  private void dropBelow(ConcurrentSkipListMap<ByteName, byte[]> digests, ByteName path) {
    var from = ByteName.ofText(path + "/");
    var to = ByteName.ofText(path + "0"); // the byte after the slash
    for (var below : List.copyOf(digests.subMap(from, to).keySet())) {
      drop(digests, below);
    }
  }

  private void drop(Map<ByteName, byte[]> digests, ByteName path) {
    if (digests.remove(path) != null) {
      size.decrementAndGet();
    }
  }
}
