package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.linux.Xattrs;

/**
 * Writes a layer archive's content into the directory that overlayfs shows on top of others:
 * whiteouts become 0/0 devices, opaque directories an attribute. Every name is cleaned and reached
 * by descriptor without following links, so no archive leads out of the directory.
 */
public final class LayerApplier {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String META = ".wh..wh.";
  private static final ByteName OVERLAY_OPAQUE = ByteName.ofText("y");

  private final Dir root;
  private final Optional<Dir> lower;
  private final TarReader tar;
  private final Map<ByteName, Timestamp> directoryTimes = new LinkedHashMap<>();

  private LayerApplier(Dir root, Optional<Dir> lower, TarReader tar) {
    this.root = root;
    this.lower = lower;
    this.tar = tar;
  }

  /**
   * @param root the layer's own directory, empty
   * @param lower the tree below, for the metadata of directories that the archive leaves out;
   *     without one whiteouts mean nothing and are dropped
   * @param archive uncompressed; not closed
   */
  public static void apply(Dir root, Optional<Dir> lower, InputStream archive) throws IOException {
    var applier = new LayerApplier(root, lower, new TarReader(archive));
    for (var entry = applier.tar.next(); entry.isPresent(); entry = applier.tar.next()) {
      applier.apply(entry.get());
    }
    applier.setDirectoryTimes();
  }

  /** Components without {@code .} and {@code ..}; what climbs above the root stays at it. */
  private static ByteName clean(ByteName name) {
    var parts = new ArrayList<ByteName>();
    for (var part : name.components()) {
      var text = part.toString();
      if (text.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!text.equals(".")) {
        parts.add(part);
      }
    }
    return parts.stream().reduce(ByteName.EMPTY, ByteName::resolve);
  }

  private void apply(TarEntry entry) throws IOException {
    entry.checkNames();
    var path = clean(entry.name());
    if (path.isEmpty()) {
      applyRoot(entry);
      return;
    }
    makeParents(path);
    var last = path.last().toString();
    if (last.equals(OPAQUE)) {
      markOpaque(path.parent().orElse(ByteName.EMPTY));
    } else if (last.startsWith(META)) {
      return;
    } else if (last.startsWith(WHITEOUT)) {
      removeBelow(path, last.substring(WHITEOUT.length()));
    } else {
      create(path, entry);
    }
  }

  private void applyRoot(TarEntry entry) throws IOException {
    if (entry.kind() == TarEntry.Kind.DIRECTORY) {
      setMetadata(ByteName.EMPTY, entry);
    }
  }

  private void makeParents(ByteName path) throws IOException {
    var parent = path.parent();
    if (parent.isEmpty()) {
      return;
    }
    var at = ByteName.EMPTY;
    for (var part : parent.get().components()) {
      at = at.resolve(part);
      var stat = root.tryStat(at);
      if (stat.isPresent() && stat.get().isDirectory()) {
        continue;
      }
      if (stat.isPresent()) {
        root.removeTree(at);
      }
      root.makeDir(at, 0755);
      if (stat.isPresent() && stat.get().isOverlayWhiteout()) {
        markOpaque(at); // what the whiteout hid stays hidden
        root.chmod(at, 0755);
      } else {
        copyLowerMetadata(at);
      }
    }
  }

  private void copyLowerMetadata(ByteName path) throws IOException {
    var stat = lowerStat(path);
    if (stat.isPresent() && stat.get().isDirectory()) {
      root.chown(path, stat.get().uid(), stat.get().gid());
      root.chmod(path, stat.get().mode());
      directoryTimes.put(path, stat.get().mtime());
    } else {
      root.chmod(path, 0755);
    }
  }

  private void markOpaque(ByteName directory) throws IOException {
    if (lower.isPresent()) {
      root.xattrs(directory).set("trusted.overlay.opaque", OVERLAY_OPAQUE.bytes());
    }
  }

  private void removeBelow(ByteName marker, String name) throws IOException {
    var target = marker.parent().orElse(ByteName.EMPTY).resolve(ByteName.ofText(name));
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new IOException("invalid whiteout name " + marker);
    }
    root.removeTree(target);
    if (lower.isPresent()) {
      root.makeNode(target, FileKind.CHARACTER_DEVICE, 0, 0, 0);
    }
  }

  private void create(ByteName path, TarEntry entry) throws IOException {
    var existing = root.tryStat(path);
    boolean keeps =
        existing.isPresent()
            && existing.get().isDirectory()
            && entry.kind() == TarEntry.Kind.DIRECTORY;
    boolean wasRemoved = existing.isPresent() && existing.get().isOverlayWhiteout();
    boolean hidesLower = !keeps && (wasRemoved || isLowerFile(path));
    if (existing.isPresent() && !keeps) {
      root.removeTree(path);
    }
    switch (entry.kind()) {
      case DIRECTORY -> {
        if (!keeps) {
          root.makeDir(path, 0755);
        }
        if (hidesLower) {
          markOpaque(path);
        }
      }
      case REGULAR -> writeFile(path);
      case SYMLINK -> root.makeSymlink(path, entry.linkName());
      case HARD_LINK -> {
        var first = clean(entry.linkName());
        if (root.tryStat(first).isEmpty()) {
          copyUp(first);
        }
        root.makeLink(path, root, first);
        return;
      }
      case FIFO -> root.makeNode(path, FileKind.FIFO, entry.mode(), 0, 0);
      case CHARACTER_DEVICE -> device(path, entry, FileKind.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> device(path, entry, FileKind.BLOCK_DEVICE);
    }
    setMetadata(path, entry);
  }

  /** A link to what only a lower layer has needs that here, as the kernel would bring it up. */
  private void copyUp(ByteName path) throws IOException {
    var found = lowerStat(path);
    if (found.isEmpty() || found.get().isDirectory()) {
      return; // linking says that there is nothing
    }
    var below = lower.orElseThrow();
    var stat = found.get();
    makeParents(path);
    switch (stat.kind()) {
      case REGULAR -> {
        try (var in = below.openRead(path);
            var out = root.create(path, 0600)) {
          out.copyFrom(in, stat.size());
        }
      }
      case SYMLINK -> root.makeSymlink(path, below.readLink(path));
      default -> root.makeNode(path, stat.kind(), stat.mode(), stat.rdevMajor(), stat.rdevMinor());
    }
    root.chown(path, stat.uid(), stat.gid());
    if (!stat.isSymlink()) {
      root.chmod(path, stat.mode());
      for (var xattr : below.xattrs(path).all().entrySet()) {
        setXattr(path, xattr.getKey(), xattr.getValue());
      }
    }
    root.setTimes(path, stat.mtime());
  }

  private boolean isLowerFile(ByteName path) throws IOException {
    return lowerStat(path).map(stat -> !stat.isDirectory()).orElse(false);
  }

  /** Nothing is below a link, which a directory may hide. */
  private Optional<FileStat> lowerStat(ByteName path) throws IOException {
    if (lower.isEmpty()) {
      return Optional.empty();
    }
    try {
      return lower.get().tryStat(path);
    } catch (LinuxException e) {
      if (e.is(Errno.ELOOP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void device(ByteName path, TarEntry entry, FileKind kind) throws IOException {
    root.makeNode(path, kind, entry.mode(), entry.deviceMajor(), entry.deviceMinor());
  }

  private void writeFile(ByteName path) throws IOException {
    try (var file = root.create(path, 0600)) {
      var buffer = new byte[128 * 1024];
      for (int n = tar.read(buffer, 0, buffer.length);
          n >= 0;
          n = tar.read(buffer, 0, buffer.length)) {
        file.write(buffer, 0, n);
      }
    }
  }

  private void setMetadata(ByteName path, TarEntry entry) throws IOException {
    root.chown(path, id(entry.uid()), id(entry.gid()));
    for (var xattr : entry.xattrs().entrySet()) {
      setXattr(path, xattr.getKey(), xattr.getValue());
    }
    if (entry.kind() != TarEntry.Kind.SYMLINK) {
      root.chmod(path, entry.mode());
    }
    var time = new Timestamp(entry.seconds(), entry.nanos());
    if (entry.kind() == TarEntry.Kind.DIRECTORY) {
      directoryTimes.put(path, time);
    } else {
      root.setTimes(path, time);
    }
  }

  private static int id(long id) throws IOException {
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw new IOException("invalid owner id " + id);
    }
    return (int) id;
  }

  private void setXattr(ByteName path, String name, byte[] value) throws IOException {
    if (Xattrs.isOverlays(name)) {
      return;
    }
    try {
      root.xattrs(path).set(name, value);
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) {
        throw e;
      }
    }
  }

  /** Last, because what is created in a directory changes its time. */
  private void setDirectoryTimes() throws IOException {
    for (var entry : directoryTimes.entrySet()) {
      var stat = root.tryStat(entry.getKey());
      if (stat.isPresent() && stat.get().isDirectory()) {
        root.setTimes(entry.getKey(), entry.getValue());
      }
    }
  }
}
