package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;

/**
 * Writes what a tree changes over another as a layer archive: added and changed entries, and a
 * whiteout for each that is gone, in path order. Rules as in BuildKit's {@code
 * util/overlay/overlay_linux.go} and containerd's {@code fs} package.
 */
public final class LayerDiffer {
  private static final String CAPABILITY = TreePair.CAPABILITY;

  private final Optional<Dir> lower;
  private final Dir upper;
  private final TreePair trees;
  private final TarWriter tar;
  private boolean keepsWhiteouts;
  private boolean keepsAttributes;
  private boolean isWalk;
  private final Map<Long, ByteName> linked = new HashMap<>();
  private final Map<Long, List<ByteName>> unchangedLinks = new HashMap<>();

  private LayerDiffer(Optional<Dir> lower, Dir upper, TarWriter tar) {
    this.lower = lower;
    this.upper = upper;
    this.trees = new TreePair(lower, upper);
    this.tar = tar;
  }

  /**
   * Writes the content of one overlay directory.
   *
   * @param lower the tree below, or nothing
   * @param upper what overlayfs kept of the changes, with whiteouts as 0/0 devices
   * @param out gets the uncompressed archive; not closed
   */
  public static void writeOverlay(Optional<Dir> lower, Dir upper, OutputStream out)
      throws IOException {
    try (var tar = new TarWriter(out)) {
      new LayerDiffer(lower, upper, tar).writeChanges();
    }
  }

  /**
   * Writes the content of an overlay directory that is a difference by itself: its whiteouts hide
   * names of whatever it comes to lie on.
   *
   * @param out gets the uncompressed archive; not closed
   */
  public static void writeDetached(Dir upper, OutputStream out) throws IOException {
    try (var tar = new TarWriter(out)) {
      var differ = new LayerDiffer(Optional.empty(), upper, tar);
      differ.keepsWhiteouts = true;
      differ.writeChanges();
    }
  }

  /** Writes the difference of two whole trees. */
  public static void writeTrees(Optional<Dir> lower, Dir upper, OutputStream out)
      throws IOException {
    try (var tar = new TarWriter(out)) {
      var differ = new LayerDiffer(lower, upper, tar);
      differ.isWalk = true;
      differ.writeDifference();
    }
  }

  /** As {@link #writeTrees}, for a copy rather than an image: with all extended attributes. */
  public static void writeWholeTrees(Optional<Dir> lower, Dir upper, OutputStream out)
      throws IOException {
    try (var tar = new TarWriter(out)) {
      var differ = new LayerDiffer(lower, upper, tar);
      differ.keepsAttributes = true;
      differ.isWalk = true;
      differ.writeDifference();
    }
  }

  private void writeChanges() throws IOException {
    changes(ByteName.EMPTY, new Headers());
  }

  private void writeDifference() throws IOException {
    compare(ByteName.EMPTY, new Headers());
  }

  /** Directories passed on the way that are written once something below them is. */
  private final class Headers {
    private final Optional<Headers> above;
    private final ByteName path;
    private boolean written;

    Headers() {
      this(Optional.empty(), ByteName.EMPTY, true);
    }

    Headers(Optional<Headers> above, ByteName path, boolean written) {
      this.above = above;
      this.path = path;
      this.written = written;
    }

    Headers below(ByteName child) {
      return new Headers(Optional.of(this), child, false);
    }

    void write() throws IOException {
      if (written) {
        return;
      }
      if (above.isPresent()) {
        above.get().write();
      }
      written = true;
      add(path, upper.stat(path));
    }
  }

  private void changes(ByteName path, Headers headers) throws IOException {
    for (var entry : list(upper, path)) {
      var child = path.resolve(entry);
      var stat = upper.stat(child);
      var before = trees.lowerStat(child);
      if (stat.isOverlayWhiteout()) {
        if (keepsWhiteouts || before.isPresent()) {
          headers.write();
          tar.begin(TarEntry.whiteout(child));
        }
        continue;
      }
      var own = headers.below(child);
      boolean isSameDirectory =
          stat.isDirectory() && before.isPresent() && trees.isSame(stat, before.get(), child);
      if (!isSameDirectory && !isUnchangedFile(stat, before, child)) {
        own.write();
      }
      if (stat.isDirectory()) {
        if (trees.isOpaque(child) && before.map(FileStat::isDirectory).orElse(false)) {
          compare(child, own);
        } else {
          changes(child, own);
        }
      }
    }
  }

  private boolean isUnchangedFile(FileStat stat, Optional<FileStat> before, ByteName path)
      throws IOException {
    return !stat.isDirectory() && before.isPresent() && trees.isSame(stat, before.get(), path);
  }

  /** Names of both sides in order; a whiteout sorts where the name that is gone did. */
  private void compare(ByteName path, Headers headers) throws IOException {
    var names = new TreeSet<>(list(upper, path));
    boolean hadDirectory = trees.lowerStat(path).map(FileStat::isDirectory).orElse(false);
    if (hadDirectory || path.isEmpty()) {
      if (lower.isPresent()) {
        names.addAll(list(lower.get(), path));
      }
    }
    for (var name : names) {
      compareChild(path.resolve(name), headers);
    }
  }

  private void compareChild(ByteName child, Headers headers) throws IOException {
    var before = trees.lowerStat(child);
    var after = upper.tryStat(child).filter(stat -> !stat.isOverlayWhiteout());
    if (after.isEmpty()) {
      if (before.isPresent()) {
        headers.write();
        tar.begin(TarEntry.whiteout(child));
      }
      return;
    }
    var own = headers.below(child);
    if (before.isEmpty() || !trees.isSame(after.get(), before.get(), child)) {
      own.write();
    } else if (isWalk && !after.get().isDirectory() && after.get().links() > 1) {
      linkUnchanged(own, after.get());
    }
    if (after.get().isDirectory()) {
      compare(child, own);
    }
  }

  /** A name of a file that is written under another name is a link to that one in the layer. */
  private void linkUnchanged(Headers name, FileStat stat) throws IOException {
    if (linked.containsKey(stat.inode())) {
      name.write();
      return;
    }
    unchangedLinks.computeIfAbsent(stat.inode(), _ -> new ArrayList<>()).add(name.path);
  }

  private static java.util.Set<ByteName> list(Dir root, ByteName path) throws IOException {
    var names = new TreeSet<ByteName>();
    try (var dir = root.openDir(path)) {
      dir.list().forEach(entry -> names.add(entry.name()));
    }
    return names;
  }

  private void add(ByteName path, FileStat stat) throws IOException {
    if (stat.kind() == FileKind.SOCKET) {
      return;
    }
    if (!stat.isDirectory() && stat.links() > 1) {
      var first = linked.putIfAbsent(stat.inode(), path);
      if (first != null) {
        tar.begin(entry(TarEntry.Kind.HARD_LINK, path, first, stat, 0));
        return;
      }
    }
    var link = stat.isSymlink() ? upper.readLink(path) : ByteName.EMPTY;
    tar.begin(entry(kind(stat), path, link, stat, stat.isRegular() ? stat.size() : 0));
    if (stat.isRegular()) {
      copy(path, stat.size());
    }
    var others = stat.isDirectory() ? null : unchangedLinks.remove(stat.inode());
    for (var other : others == null ? List.<ByteName>of() : others) {
      tar.begin(entry(TarEntry.Kind.HARD_LINK, other, path, stat, 0));
    }
  }

  private TarEntry entry(TarEntry.Kind kind, ByteName path, ByteName link, FileStat stat, long size)
      throws IOException {
    boolean hasDevice =
        kind == TarEntry.Kind.CHARACTER_DEVICE || kind == TarEntry.Kind.BLOCK_DEVICE;
    return new TarEntry(
        kind,
        path,
        link,
        stat.mode(),
        stat.userId(),
        stat.groupId(),
        size,
        stat.mtime().seconds(),
        0,
        hasDevice ? stat.rdevMajor() : 0,
        hasDevice ? stat.rdevMinor() : 0,
        capability(path));
  }

  private SortedMap<String, byte[]> capability(ByteName path) throws IOException {
    var xattrs = new TreeMap<String, byte[]>();
    if (keepsAttributes && !upper.stat(path).isSymlink()) {
      xattrs.putAll(upper.xattrs(path).all());
      xattrs.keySet().removeIf(name -> name.startsWith("trusted.overlay."));
      return xattrs;
    }
    upper.xattrs(path).get(CAPABILITY).ifPresent(value -> xattrs.put(CAPABILITY, value));
    return xattrs;
  }

  private static TarEntry.Kind kind(FileStat stat) {
    return switch (stat.kind()) {
      case REGULAR, SOCKET -> TarEntry.Kind.REGULAR;
      case DIRECTORY -> TarEntry.Kind.DIRECTORY;
      case SYMLINK -> TarEntry.Kind.SYMLINK;
      case CHARACTER_DEVICE -> TarEntry.Kind.CHARACTER_DEVICE;
      case BLOCK_DEVICE -> TarEntry.Kind.BLOCK_DEVICE;
      case FIFO -> TarEntry.Kind.FIFO;
    };
  }

  private void copy(ByteName path, long size) throws IOException {
    try (var file = upper.openRead(path);
        var in = file.input(false)) {
      var buffer = new byte[128 * 1024];
      long left = size;
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException(path + ": file shrank while it was read");
        }
        tar.write(buffer, 0, n);
        left -= n;
      }
    }
  }
}
