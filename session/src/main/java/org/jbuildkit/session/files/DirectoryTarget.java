package org.jbuildkit.session.files;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.protocol.fsutil.Stat;

/** Receives into a directory, through descriptors: no link in it is ever followed. */
public class DirectoryTarget implements ReceiveTarget {
  private final Dir root;
  private final TreeWalk walk;
  private final boolean owners;

  /**
   * @param root stays the caller's
   * @param owners whether announced owners are set; without, files belong to this process's user
   */
  public DirectoryTarget(Dir root, boolean owners) throws IOException {
    this.root = root;
    this.walk = new TreeWalk(root, TreeFilter.ALL);
    this.owners = owners;
  }

  @Override
  public Optional<Stat> nextExisting() throws IOException {
    return walk.next();
  }

  @Override
  public void remove(Stat existing) throws IOException {
    root.removeTree(FileModes.path(existing));
  }

  @Override
  public void place(Stat stat) throws IOException {
    var path = FileModes.path(stat);
    int mode = stat.getMode();
    int bits = FileModes.bits(mode);
    if ((mode & FileModes.DIRECTORY) != 0) {
      if (root.tryStat(path).filter(found -> found.isDirectory()).isEmpty()) {
        root.removeTree(path);
        root.makeDir(path, 0700);
      }
    } else {
      root.removeTree(path);
      if ((mode & FileModes.SYMLINK) != 0) {
        root.makeSymlink(path, ByteName.of(stat.getLinkname().toByteArray()));
      } else {
        root.makeNode(path, kind(stat), bits, (int) stat.getDevmajor(), (int) stat.getDevminor());
      }
    }
    setMetadata(path, stat);
    setTime(path, stat);
  }

  private static FileKind kind(Stat stat) throws IOException {
    int mode = stat.getMode();
    if ((mode & FileModes.FIFO) != 0) {
      return FileKind.FIFO;
    }
    if ((mode & FileModes.DEVICE) == 0) {
      throw new IOException("cannot create " + ReceiveTarget.text(stat) + ": unknown file type");
    }
    return (mode & FileModes.CHARACTER_DEVICE) != 0
        ? FileKind.CHARACTER_DEVICE
        : FileKind.BLOCK_DEVICE;
  }

  @Override
  public void link(Stat stat) throws IOException {
    var path = FileModes.path(stat);
    root.removeTree(path);
    root.makeLink(path, root, ByteName.of(stat.getLinkname().toByteArray()));
  }

  @Override
  public OutputStream open(Stat stat) throws IOException {
    var path = FileModes.path(stat);
    var temporary =
        ByteName.ofText(".tmp." + ThreadLocalRandom.current().nextInt(100_000_000, 1_000_000_000));
    var name = path.parent().orElse(ByteName.EMPTY).resolve(temporary);
    return new Content(name, root.create(name, 0600).output(true));
  }

  @Override
  public void commit(Stat stat, OutputStream content) throws IOException {
    var written = (Content) content;
    written.close();
    var path = FileModes.path(stat);
    setMetadata(written.name, stat);
    setTime(written.name, stat);
    if (root.tryStat(path).filter(found -> found.isDirectory()).isPresent()) {
      root.removeTree(path);
    }
    root.rename(written.name, root, path);
  }

  @Override
  public void abandon(OutputStream content) {
    var written = (Content) content;
    try {
      written.close();
      root.unlink(written.name);
    } catch (IOException _) {
      // The failure that made it useless is already on its way.
    }
  }

  @Override
  public void finish(Stat directory) throws IOException {
    setTime(FileModes.path(directory), directory);
  }

  private void setMetadata(ByteName path, Stat stat) throws LinuxException {
    if (owners) {
      root.chown(path, stat.getUid(), stat.getGid());
    }
    if ((stat.getMode() & FileModes.SYMLINK) == 0) {
      root.chmod(path, FileModes.bits(stat.getMode()));
    }
    for (var attribute : stat.getXattrsMap().entrySet()) {
      try {
        root.xattrs(path).set(attribute.getKey(), attribute.getValue().toByteArray());
      } catch (LinuxException _) {
        // Attributes that this file system or user cannot set are left out.
      }
    }
  }

  private void setTime(ByteName path, Stat stat) throws LinuxException {
    root.setTimes(path, Timestamp.ofNanos(stat.getModTime()));
  }

  private static final class Content extends FilterOutputStream {
    private final ByteName name;

    Content(ByteName name, OutputStream out) {
      super(out);
      this.name = name;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
    }
  }
}
