package org.jbuildkit.session.files;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.linux.Xattrs;
import org.jbuildkit.protocol.fsutil.Stat;

/** Receives into a directory, through descriptors: no link in it is ever followed. */
public final class DirectoryTarget implements ReceiveTarget, AutoCloseable {
  private final Dir root;
  private final OpenParent parents;
  private final TreeWalk walk;
  private final boolean owners;

  /**
   * @param root stays the caller's
   * @param owners whether announced owners are set; without, files belong to this process's user
   */
  public DirectoryTarget(Dir root, boolean owners) throws IOException {
    this.root = root;
    this.parents = new OpenParent(root);
    this.walk = TreeWalk.withoutAttributes(root);
    this.owners = owners;
  }

  @Override
  public Optional<Stat> nextExisting() throws IOException {
    return walk.next();
  }

  @Override
  public void remove(Stat existing) throws IOException {
    parents.forget();
    root.removeTree(FileModes.path(existing));
  }

  /** Read as a signed number one of them would leave the owner as it is: root. */
  private void checkOwner(Stat stat) throws IOException {
    if (owners && (stat.getUid() < 0 || stat.getGid() < 0)) {
      throw new IOException(
          "invalid owner %s:%s of %s"
              .formatted(
                  Integer.toUnsignedString(stat.getUid()),
                  Integer.toUnsignedString(stat.getGid()),
                  ReceiveTarget.text(stat)));
    }
  }

  @Override
  public void place(Stat stat) throws IOException {
    checkOwner(stat);
    var path = FileModes.path(stat);
    var name = path.last();
    var parent = parents.of(path);
    int mode = stat.getMode();
    if ((mode & FileModes.DIRECTORY) != 0) {
      if (parent.tryStat(name).filter(found -> found.isDirectory()).isEmpty()) {
        parent.removeTree(name);
        parent.makeDir(name, 0700);
      }
    } else {
      parent.removeTree(name);
      if ((mode & FileModes.SYMLINK) != 0) {
        parent.makeSymlink(name, ByteName.of(stat.getLinkname().toByteArray()));
      } else {
        int major = (int) stat.getDevmajor();
        int minor = (int) stat.getDevminor();
        parent.makeNode(name, kind(stat), FileModes.bits(mode), major, minor);
      }
    }
    setMetadata(parent, name, stat);
    parent.setTimes(name, time(stat));
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
    checkOwner(stat);
    var temporary =
        ByteName.ofText(".tmp." + ThreadLocalRandom.current().nextInt(100_000_000, 1_000_000_000));
    return new Content(temporary, parents.of(FileModes.path(stat)).create(temporary, 0600));
  }

  @Override
  public void commit(Stat stat, OutputStream content) throws IOException {
    var path = FileModes.path(stat);
    var parent = parents.of(path);
    var written = (Content) content;
    try (var file = written.file) {
      // In upstream's order: a change of owner takes a file's capabilities away.
      setXattrs(parent, written.name, stat);
      if (owners) {
        file.chown(stat.getUid(), stat.getGid());
      }
      file.chmod(FileModes.bits(stat.getMode()));
      file.setTimes(time(stat));
    }
    try {
      parent.rename(written.name, parent, path.last());
    } catch (LinuxException e) {
      if (!e.is(Errno.EISDIR)) {
        throw e;
      }
      parents.forget();
      root.removeTree(path);
      parents.of(path).rename(written.name, parents.of(path), path.last());
    }
  }

  @Override
  public void abandon(Stat stat, OutputStream content) {
    var written = (Content) content;
    written.close();
    try {
      parents.of(FileModes.path(stat)).unlink(written.name);
    } catch (IOException _) {
      // The failure that made it useless is already on its way.
    }
  }

  @Override
  public void finish(Stat directory) throws IOException {
    root.setTimes(FileModes.path(directory), time(directory));
  }

  private void setMetadata(Dir parent, ByteName name, Stat stat) throws LinuxException {
    setXattrs(parent, name, stat);
    if (owners) {
      parent.chown(name, stat.getUid(), stat.getGid());
    }
    if ((stat.getMode() & FileModes.SYMLINK) == 0) {
      parent.chmod(name, FileModes.bits(stat.getMode()));
    }
  }

  private static void setXattrs(Dir parent, ByteName name, Stat stat) {
    for (var attribute : stat.getXattrsMap().entrySet()) {
      if (Xattrs.isOverlays(attribute.getKey())) {
        continue;
      }
      try {
        parent.xattrs(name).set(attribute.getKey(), attribute.getValue().toByteArray());
      } catch (LinuxException _) {
        // Attributes that this file system or user cannot set are left out.
      }
    }
  }

  private static Timestamp time(Stat stat) {
    return Timestamp.ofNanos(stat.getModTime());
  }

  /** Lets go of what was held open; the root stays open. */
  @Override
  public void close() {
    parents.close();
  }

  private static final class Content extends OutputStream {
    private final ByteName name;
    private final Fd file;

    Content(ByteName name, Fd file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      file.write(source, offset, length);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
