package org.jbuildkit.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ByteName;

/**
 * A directory held open by descriptor, under which names are reached without races.
 *
 * <p>Path arguments are relative and may have several components. Leading components are walked
 * with {@link Resolve#NO_LINKS}: a link among them is an error ({@code ELOOP}), so no path leads
 * out of this directory. The last component is never followed. The empty path is the directory
 * itself where that makes sense. To follow links inside this directory as a root, first {@link
 * #openDir(ByteName, Resolve) open} the parent with {@link Resolve#IN_ROOT}.
 *
 * <p>May be used by several threads; the owner closes it when none does any more.
 */
public final class Dir implements AutoCloseable {
  static final int CWD = -100;
  private static final ByteName DOT = ByteName.ofText(".");

  private final Fd fd;

  Dir(Fd fd) {
    this.fd = fd;
  }

  /** Opens one of our own folders, following links. */
  public static Dir open(Path path) throws LinuxException {
    return open(path.toString());
  }

  public static Dir open(String path) throws LinuxException {
    var name = ByteName.ofText(path);
    try (var frame = new Frame()) {
      long flags = OpenMode.DIRECTORY | OpenMode.CLOSE_ON_EXEC;
      return new Dir(
          new Fd((int) frame.call(Call.OPENAT, name, CWD, frame.text(name), flags, 0), name));
    }
  }

  /** The directory below; the empty path gives another handle on this one. */
  public Dir openDir(ByteName path) throws LinuxException {
    return openDir(path, Resolve.NO_LINKS);
  }

  public Dir openDir(ByteName path, Resolve resolve) throws LinuxException {
    return new Dir(Paths.open(fd, path.isEmpty() ? DOT : path, OpenMode.DIRECTORY, 0, resolve));
  }

  /**
   * Opens a file; one that {@code mode} creates gets exactly {@code permissions} less the umask.
   */
  public Fd openFile(ByteName path, OpenMode mode, int permissions) throws LinuxException {
    return openFile(path, mode, permissions, Resolve.NO_LINKS);
  }

  public Fd openFile(ByteName path, OpenMode mode, int permissions, Resolve resolve)
      throws LinuxException {
    int follow = resolve == Resolve.NO_LINKS ? OpenMode.NO_FOLLOW : 0;
    return Paths.open(fd, path.isEmpty() ? DOT : path, mode.flags | follow, permissions, resolve);
  }

  /** Opens for reading, without blocking on a fifo and never a terminal as controlling one. */
  public Fd openRead(ByteName path) throws LinuxException {
    int flags = OpenMode.READ.flags | OpenMode.NO_FOLLOW | OpenMode.NON_BLOCK;
    return Paths.open(fd, path, flags, 0, Resolve.NO_LINKS);
  }

  /** Creates a new regular file. */
  public Fd create(ByteName path, int permissions) throws LinuxException {
    return openFile(path, OpenMode.CREATE_NEW_READABLE, permissions);
  }

  /** All names in here but {@code .} and {@code ..}, in ascending byte order. */
  public List<DirEntry> list() throws LinuxException {
    try (var again = openDir(ByteName.EMPTY)) {
      var entries = Listing.read(again.fd);
      return entries.stream().anyMatch(Dir::mayBeWhiteout)
          ? entries.stream().filter(again::isThere).toList()
          : entries;
    }
  }

  /** Overlayfs lists its whiteouts in directories that only one layer has. */
  private static boolean mayBeWhiteout(DirEntry entry) {
    return entry.kind() == FileKind.CHARACTER_DEVICE;
  }

  private boolean isThere(DirEntry entry) {
    try {
      return !mayBeWhiteout(entry) || tryStat(entry.name()).isPresent();
    } catch (LinuxException _) {
      return true; // whoever uses it gets the error
    }
  }

  /** The directory's own metadata. */
  public FileStat stat() throws LinuxException {
    return fd.stat();
  }

  /** Metadata of the name itself. */
  public FileStat stat(ByteName path) throws LinuxException {
    if (path.isEmpty()) {
      return stat();
    }
    return Paths.at(fd, path, (frame, dir, name) -> Fd.stat(frame, dir, name, path));
  }

  /**
   * As {@link #stat(ByteName)}; empty where there is none or a leading component is no directory.
   */
  public Optional<FileStat> tryStat(ByteName path) throws LinuxException {
    try {
      return Optional.of(stat(path));
    } catch (LinuxException e) {
      if (e.isMissing() || e.is(Errno.ENOTDIR)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public ByteName readLink(ByteName path) throws LinuxException {
    return Paths.at(fd, path, (frame, dir, name) -> Paths.readLink(frame, dir, name, path));
  }

  public void makeDir(ByteName path, int permissions) throws LinuxException {
    Paths.at(
        fd,
        path,
        (frame, dir, name) ->
            frame.call(Call.MKDIRAT, path, dir, frame.text(name), permissions & 0xFFF, 0));
  }

  public void makeSymlink(ByteName path, ByteName target) throws LinuxException {
    Paths.at(
        fd,
        path,
        (frame, dir, name) ->
            frame.call(Call.SYMLINKAT, path, frame.text(target), dir, frame.text(name), 0));
  }

  /** A fifo, socket, device or empty regular file; device numbers count for devices only. */
  public void makeNode(ByteName path, FileKind kind, int permissions, int major, int minor)
      throws LinuxException {
    long device = Paths.device(major, minor);
    long mode = kind.bits() | (permissions & 0xFFF);
    Paths.at(
        fd,
        path,
        (frame, dir, name) -> frame.call(Call.MKNODAT, path, dir, frame.text(name), mode, device));
  }

  /** Makes {@code path} here another name of {@code existing} in {@code source}. */
  public void makeLink(ByteName path, Dir source, ByteName existing) throws LinuxException {
    Paths.at(
        source.fd,
        existing,
        (_, from, old) ->
            Paths.at(
                fd,
                path,
                (frame, dir, name) ->
                    frame.call(
                        Call.LINKAT, path, from, frame.text(old), dir, frame.text(name), 0, 0)));
  }

  /** Removes a name that is no directory. */
  public void unlink(ByteName path) throws LinuxException {
    Paths.at(
        fd,
        path,
        (frame, dir, name) -> frame.call(Call.UNLINKAT, path, dir, frame.text(name), 0, 0));
  }

  /** Removes an empty directory. */
  public void removeDir(ByteName path) throws LinuxException {
    Paths.at(
        fd,
        path,
        (frame, dir, name) ->
            frame.call(Call.UNLINKAT, path, dir, frame.text(name), Removal.REMOVEDIR, 0));
  }

  /** Removes a name and all below it; a missing name is fine. Does not cross into mounts. */
  public void removeTree(ByteName path) throws LinuxException {
    var parent = path.parent();
    if (parent.isEmpty()) {
      Removal.remove(this, path);
      return;
    }
    try (var dir = openDir(parent.get())) {
      Removal.remove(dir, path.last());
    } catch (LinuxException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
  }

  /** Moves, replacing what is there. */
  public void rename(ByteName path, Dir target, ByteName newPath) throws LinuxException {
    rename(path, target, newPath, 0);
  }

  /** Moves; an existing {@code newPath} is an error. */
  public void renameNew(ByteName path, Dir target, ByteName newPath) throws LinuxException {
    rename(path, target, newPath, 1);
  }

  private void rename(ByteName path, Dir target, ByteName newPath, int flags)
      throws LinuxException {
    Paths.at(
        fd,
        path,
        (_, from, old) ->
            Paths.at(
                target.fd,
                newPath,
                (frame, dir, name) ->
                    frame.call(
                        Call.RENAMEAT,
                        path,
                        from,
                        frame.text(old),
                        dir,
                        frame.text(name),
                        flags,
                        0)));
  }

  /** Sets owner and group of the name itself; -1 leaves one as it is. */
  public void chown(ByteName path, int uid, int gid) throws LinuxException {
    if (path.isEmpty()) {
      fd.chown(uid, gid);
      return;
    }
    Paths.at(
        fd,
        path,
        (frame, dir, name) ->
            frame.call(Call.FCHOWNAT, path, dir, frame.text(name), uid, gid, Paths.NO_FOLLOW, 0));
  }

  /** Sets the 12 permission bits; an error for links, which have none. */
  public void chmod(ByteName path, int mode) throws LinuxException {
    if (path.isEmpty()) {
      fd.chmod(mode);
      return;
    }
    Paths.at(fd, path, (frame, dir, name) -> Paths.chmod(frame, dir, name, path, mode));
  }

  /** Sets access and modification time of the name itself. */
  public void setTimes(ByteName path, Timestamp access, Timestamp modified) throws LinuxException {
    if (path.isEmpty()) {
      try (var frame = new Frame()) {
        Paths.setTimes(frame, fd.number(), 0, path, access, modified);
      }
      return;
    }
    Paths.at(
        fd,
        path,
        (frame, dir, name) -> Paths.setTimes(frame, dir, frame.text(name), path, access, modified));
  }

  /** Sets both times of the name itself. */
  public void setTimes(ByteName path, Timestamp time) throws LinuxException {
    setTimes(path, time, time);
  }

  /** Extended attributes of the name itself. */
  public Xattrs xattrs(ByteName path) {
    return new Xattrs(fd, path);
  }

  /** A path of this process that stands for this directory. */
  public String procPath() {
    return fd.procPath();
  }

  /** The descriptor, owned by this handle. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return fd.toString();
  }
}
