package org.jbuildkit.engine.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.linux.Xattrs;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarReader;
import org.jbuildkit.store.Room;

/**
 * Unpacks an archive of a tree into another tree over what is there: directories merge, all else
 * replaces. Names are cleaned and clamped to the destination; links in the way lead inside it only.
 */
final class ArchiveUnpack {
  private final Dir source;
  private final ByteName file;
  private final Dir target;
  private final Optional<Owner> owner;
  private final Room room;
  private final Map<ByteName, Timestamp> directoryTimes = new LinkedHashMap<>();

  ArchiveUnpack(Dir source, ByteName file, Dir target, Optional<Owner> owner, Room room) {
    this.room = room;
    this.source = source;
    this.file = file;
    this.target = target;
    this.owner = owner;
  }

  /** Whether the file, uncompressed if it is compressed, starts with a valid member. */
  boolean isArchive() throws IOException {
    try (var fd = source.openRead(file);
        var in = Decompression.open(fd.input(false))) {
      return new TarReader(in).next().isPresent();
    } catch (LinuxException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  void into(ByteName destination) throws IOException {
    try (var fd = source.openRead(file);
        var in = Decompression.open(fd.input(false))) {
      var tar = new TarReader(in);
      for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        unpack(tar, entry.get(), destination);
      }
    }
    for (var entry : directoryTimes.entrySet()) {
      target.setTimes(entry.getKey(), entry.getValue());
    }
  }

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

  private void unpack(TarReader tar, TarEntry entry, ByteName destination) throws IOException {
    entry.checkNames();
    var name = clean(entry.name());
    if (name.isEmpty()) {
      return;
    }
    var parent = makeParents(destination, name);
    var path = parent.resolve(name.last());
    var existing = target.tryStat(path);
    boolean merges =
        existing.isPresent()
            && existing.get().isDirectory()
            && entry.kind() == TarEntry.Kind.DIRECTORY;
    if (existing.isPresent() && !merges) {
      target.removeTree(path);
    }
    if (entry.kind() == TarEntry.Kind.HARD_LINK) {
      target.makeLink(path, target, linkTarget(destination, entry.linkName()));
    } else if (!merges) {
      make(tar, entry, path);
    }
    setMetadata(entry, path);
  }

  /** The directory that the name is in, links inside the destination followed, made if missing. */
  private ByteName makeParents(ByteName destination, ByteName name) throws IOException {
    var above = name.parent().orElse(ByteName.EMPTY);
    try (var inside = target.openDir(destination)) {
      var resolved = RootedPath.resolve(inside, above, true);
      var at = ByteName.EMPTY;
      for (var part : resolved.components()) {
        at = at.resolve(part);
        if (inside.tryStat(at).isPresent()) {
          continue; // the kernel refuses what is made below a file
        }
        inside.makeDir(at, 0755);
        inside.chmod(at, 0755);
        owner(destination.resolve(at), new Owner(0, 0));
      }
      return destination.resolve(resolved);
    }
  }

  private ByteName linkTarget(ByteName destination, ByteName link) throws IOException {
    try (var inside = target.openDir(destination)) {
      var name = clean(link);
      var above = name.parent().orElse(ByteName.EMPTY);
      var parent = RootedPath.resolve(inside, above, true);
      return destination.resolve(name.isEmpty() ? parent : parent.resolve(name.last()));
    }
  }

  private void owner(ByteName path, Owner own) throws IOException {
    var chosen = owner.orElse(own);
    target.chown(path, chosen.uid(), chosen.gid());
  }

  private void make(TarReader tar, TarEntry entry, ByteName path) throws IOException {
    switch (entry.kind()) {
      case DIRECTORY -> target.makeDir(path, 0755);
      case SYMLINK -> target.makeSymlink(path, entry.linkName());
      case FIFO -> target.makeNode(path, FileKind.FIFO, entry.mode(), 0, 0);
      case CHARACTER_DEVICE ->
          target.makeNode(
              path,
              FileKind.CHARACTER_DEVICE,
              entry.mode(),
              entry.deviceMajor(),
              entry.deviceMinor());
      case BLOCK_DEVICE ->
          target.makeNode(
              path, FileKind.BLOCK_DEVICE, entry.mode(), entry.deviceMajor(), entry.deviceMinor());
      case REGULAR -> write(tar, path);
      case HARD_LINK -> throw new IllegalStateException("links are made before");
    }
  }

  private void write(TarReader tar, ByteName path) throws IOException {
    try (var file = target.create(path, 0600)) {
      var buffer = new byte[128 * 1024];
      for (int n = tar.read(buffer, 0, buffer.length);
          n >= 0;
          n = tar.read(buffer, 0, buffer.length)) {
        room.reserve(n);
        file.write(buffer, 0, n);
      }
    }
  }

  private void setMetadata(TarEntry entry, ByteName path) throws IOException {
    if (entry.uid() < 0
        || entry.gid() < 0
        || entry.uid() > Integer.MAX_VALUE
        || entry.gid() > Integer.MAX_VALUE) {
      throw new IOException("invalid owner in archive for " + entry.name());
    }
    owner(path, new Owner((int) entry.uid(), (int) entry.gid()));
    for (var xattr : entry.xattrs().entrySet()) {
      if (Xattrs.isOverlays(xattr.getKey())) {
        continue;
      }
      try {
        target.xattrs(path).set(xattr.getKey(), xattr.getValue());
      } catch (LinuxException e) {
        if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EPERM)) {
          throw e;
        }
      }
    }
    if (!target.stat(path).isSymlink()) {
      target.chmod(path, entry.mode());
    } else if (entry.kind() == TarEntry.Kind.HARD_LINK) {
      return; // the link keeps its own time
    }
    var time = new Timestamp(entry.seconds(), entry.nanos());
    if (entry.kind() == TarEntry.Kind.DIRECTORY) {
      directoryTimes.put(path, time);
    } else {
      target.setTimes(path, time);
    }
  }
}
