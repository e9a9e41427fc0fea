package org.jbuildkit.sources;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.ReceiveTarget;
import org.jbuildkit.store.Room;
import org.jbuildkit.store.checksum.TreeChanges;

/** Digests files as they are received and notes what else changes: nothing is read again later. */
final class DigestedTarget implements ReceiveTarget {
  private final ReceiveTarget inner;
  private final TreeChanges changes;
  private final Room room;

  DigestedTarget(ReceiveTarget inner, TreeChanges changes, Room room) {
    this.room = room;
    this.inner = inner;
    this.changes = changes;
  }

  @Override
  public Optional<Stat> nextExisting() throws IOException {
    return inner.nextExisting();
  }

  @Override
  public void remove(Stat existing) throws IOException {
    changes.removed(FileModes.path(existing));
    inner.remove(existing);
  }

  @Override
  public void place(Stat stat) throws IOException {
    if (FileModes.isDirectory(stat)) {
      changes.changed(FileModes.path(stat));
    } else {
      changes.removed(FileModes.path(stat));
    }
    inner.place(stat);
  }

  @Override
  public void link(Stat stat) throws IOException {
    changes.removed(FileModes.path(stat));
    inner.link(stat);
  }

  @Override
  public OutputStream open(Stat stat) throws IOException {
    return new Content(inner.open(stat), hasher(stat));
  }

  private Digest.Hasher hasher(Stat stat) {
    return changes.hasher(
        FileModes.bits(stat.getMode()),
        Integer.toUnsignedLong(stat.getUid()),
        Integer.toUnsignedLong(stat.getGid()),
        stat.getSize());
  }

  @Override
  public void commit(Stat stat, OutputStream content) throws IOException {
    var written = (Content) content;
    var path = FileModes.path(stat);
    // Attributes may not have been taken by the file system, and a file may have grown meanwhile.
    if (stat.getXattrsCount() == 0 && written.size == stat.getSize()) {
      changes.written(path, written.hasher.finish());
    } else {
      changes.removed(path);
    }
    inner.commit(stat, written.file());
  }

  @Override
  public void abandon(Stat stat, OutputStream content) {
    inner.abandon(stat, ((Content) content).file());
  }

  @Override
  public void finish(Stat directory) throws IOException {
    inner.finish(directory);
  }

  private final class Content extends FilterOutputStream {
    private final Digest.Hasher hasher;
    private long size;

    Content(OutputStream file, Digest.Hasher hasher) {
      super(file);
      this.hasher = hasher;
    }

    OutputStream file() {
      return out;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      room.reserve(length);
      hasher.update(source, offset, length);
      size += length;
      out.write(source, offset, length);
    }
  }
}
