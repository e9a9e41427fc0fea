package org.jbuildkit.engine.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.store.Room;

/**
 * Copies entries of one tree into another, as BuildKit's {@code solver/llbsolver/file} and {@code
 * tonistiigi/fsutil/copy} do. Hard links among the files of one source stay links.
 */
public final class TreeCopy {
  private static final System.Logger LOG = System.getLogger(TreeCopy.class.getName());

  private final Dir source;
  private final Dir target;
  private final CopyOptions options;
  private final Room room;
  private final PatternMatcher include;
  private final PatternMatcher exclude;
  private final Map<Long, ByteName> linked = new HashMap<>();
  private final Map<ByteName, Timestamp> parents = new LinkedHashMap<>();

  /**
   * Roots stay the caller's.
   *
   * @param room for the files in the target
   */
  public TreeCopy(Dir source, Dir target, CopyOptions options, Room room) {
    this.room = room;
    this.source = source;
    this.target = target;
    this.options = options;
    this.include = PatternMatcher.of(options.include());
    this.exclude = PatternMatcher.of(options.exclude());
  }

  /**
   * Copies what a path stands for.
   *
   * @param from absolute source path, with wildcards if {@code wildcard}
   * @param to absolute destination; a trailing slash says that it is a directory
   */
  public void copy(String from, String to, boolean wildcard, boolean allowEmpty)
      throws IOException {
    var destination = clean(to);
    checkParent(destination);
    var sources =
        wildcard
            ? SourceMatches.find(source, from, options.followLinks())
            : List.of(clean(from).substring(1));
    if (sources.isEmpty()) {
      if (allowEmpty) {
        return;
      }
      throw new BuildException(ErrorCode.UNKNOWN, from + " not found");
    }
    for (var one : sources) {
      linked.clear();
      copyOne(one, destination);
      setParentTimes();
    }
  }

  /** Later sources change the times of what the first one made, as upstream. */
  private void setParentTimes() throws IOException {
    for (var parent : new ArrayList<>(parents.entrySet()).reversed()) {
      target.setTimes(parent.getKey(), parent.getValue());
    }
    parents.clear();
  }

  /** Cleaned by text alone; what says that the path is a directory is kept. */
  private static String clean(String path) {
    var clean = new ContainerPath(path);
    if (clean.isRoot()) {
      return "/";
    }
    return clean + (path.endsWith("/.") ? "/." : path.endsWith("/") ? "/" : "");
  }

  private void checkParent(String to) throws IOException {
    if (options.createsParents()) {
      return;
    }
    var parent = FileChanges.resolve(target, ByteName.ofText(to)).parent();
    if (parent.isPresent() && target.tryStat(parent.get()).isEmpty()) {
      throw LinuxException.of("failed to stat " + to + ": lstat", "/" + parent.get(), Errno.ENOENT);
    }
  }

  private static boolean isDirectoryName(String path) {
    return path.endsWith("/") || path.endsWith("/.");
  }

  private void copyOne(String from, String to) throws IOException {
    var path = RootedPath.resolve(source, ByteName.ofText(from), options.followLinks());
    var destination = RootedPath.resolve(target, ByteName.ofText(to), true);
    if (options.unpacks() && unpack(from, destination)) {
      return;
    }
    var stat = source.tryStat(path);
    if (stat.isEmpty()) {
      throw LinuxException.of("lstat", "/" + path, Errno.ENOENT);
    }
    makeParents(isDirectoryName(to) ? Optional.of(destination) : destination.parent());
    var place = place(ByteName.ofText(from).last(), stat.get(), destination);
    checkIsDirectory(place.parent());
    boolean existed = target.tryStat(place).isPresent();
    if (stat.get().isDirectory() && options.copiesContents() && !existed) {
      makeParents(Optional.of(place));
      existed = true;
    }
    copyTop(path, stat.get(), place, existed);
  }

  private void checkIsDirectory(Optional<ByteName> path) throws IOException {
    var stat = path.isPresent() ? target.tryStat(path.get()) : Optional.<FileStat>empty();
    if (stat.isPresent() && !stat.get().isDirectory()) {
      throw LinuxException.of("mkdir", "/" + path.get(), Errno.ENOTDIR);
    }
  }

  private boolean unpack(String from, ByteName destination) throws IOException {
    var followed = RootedPath.resolve(source, ByteName.ofText(from), true);
    var stat = source.tryStat(followed);
    if (stat.isEmpty() || !stat.get().isRegular()) {
      return false;
    }
    var unpack = new ArchiveUnpack(source, followed, target, options.owner(), room);
    if (!unpack.isArchive()) {
      return false;
    }
    makeDirectories(destination, 0755, Optional.empty());
    unpack.into(destination);
    return true;
  }

  private ByteName place(ByteName name, FileStat stat, ByteName destination) throws IOException {
    var existing = target.tryStat(destination);
    boolean goesInside =
        stat.isDirectory()
            ? existing.isPresent() && !options.copiesContents()
            : existing.isPresent() && existing.get().isDirectory();
    return goesInside ? destination.resolve(name) : destination;
  }

  private void makeParents(Optional<ByteName> directory) throws IOException {
    if (directory.isPresent()) {
      makeDirectories(
          directory.get(), options.mode() < 0 ? 0755 : options.mode() & 0777, options.time());
    }
  }

  private void makeDirectories(ByteName directory, int mode, Optional<Timestamp> time)
      throws IOException {
    var at = ByteName.EMPTY;
    var _ = FileChanges.resolve(target, directory);
    for (var part : directory.components()) {
      at = at.resolve(part);
      var stat = target.tryStat(at);
      if (stat.isPresent() && !stat.get().isDirectory()) {
        throw LinuxException.of("mkdir", "/" + at, Errno.ENOTDIR);
      }
      if (stat.isEmpty()) {
        var owner = options.owner().orElse(Owner.ROOT);
        target.makeDir(at, mode);
        target.chown(at, owner.uid(), owner.gid());
        target.chmod(at, mode);
        if (time.isPresent()) {
          parents.put(at, time.get());
        }
      }
    }
  }

  // Recursion. A directory that no pattern includes is made only once something below it is.

  private void copyTop(ByteName path, FileStat stat, ByteName place, boolean existed)
      throws IOException {
    if (!stat.isDirectory()) {
      copyEntry(path, stat, place);
      return;
    }
    var _ = enter(place, path, stat);
    children(path, place, ByteName.EMPTY, new Level(Optional.empty(), path, place, stat, true));
    if (existed) {
      setTimes(place, stat);
    } else {
      setMetadata(path, place, stat);
    }
  }

  /** Whether the directory had to be made. */
  private boolean enter(ByteName place, ByteName path, FileStat stat) throws IOException {
    var existing = target.tryStat(place);
    if (existing.isPresent() && !existing.get().isDirectory()) {
      if (!options.replacesAlways()) {
        throw BuildException.failed("cannot copy to non-directory: /" + place);
      }
      target.removeTree(place);
      existing = Optional.empty();
    }
    if (existing.isEmpty() && !place.isEmpty()) {
      target.makeDir(place, 0700);
      setMetadata(path, place, stat);
      return true;
    }
    return false;
  }

  /** A directory on the way down and what its patterns say, for its children to inherit. */
  private final class Level {
    private final Optional<Level> above;
    private final ByteName path;
    private final ByteName place;
    private final FileStat stat;
    private boolean made;
    private PatternMatcher.Match included = PatternMatcher.Match.ROOT;
    private PatternMatcher.Match excluded = PatternMatcher.Match.ROOT;

    Level(Optional<Level> above, ByteName path, ByteName place, FileStat stat, boolean made) {
      this.above = above;
      this.path = path;
      this.place = place;
      this.stat = stat;
      this.made = made;
    }

    void make() throws IOException {
      if (made) {
        return;
      }
      if (above.isPresent()) {
        above.get().make();
      }
      made = true;
      if (!enter(place, path, stat)) {
        target.chmod(place, stat.mode()); // all else about it is left alone unless it is chosen
      }
    }
  }

  private void children(ByteName path, ByteName place, ByteName relative, Level level)
      throws IOException {
    try (var dir = source.openDir(path)) {
      for (var entry : dir.list()) {
        child(
            path.resolve(entry.name()),
            place.resolve(entry.name()),
            relative.resolve(entry.name()),
            level);
      }
    }
  }

  private void child(ByteName path, ByteName place, ByteName relative, Level level)
      throws IOException {
    var stat = source.stat(path);
    var included = include.matches(relative.toString(), level.included);
    var excluded = exclude.matches(relative.toString(), level.excluded);
    boolean isChosen = (include.isEmpty() || included.isMatched()) && !excluded.isMatched();
    if (!stat.isDirectory()) {
      if (isChosen) {
        level.make();
        copyEntry(path, stat, place);
      }
      return;
    }
    var own = new Level(Optional.of(level), path, place, stat, false);
    own.included = included;
    own.excluded = excluded;
    if (isChosen) {
      own.make();
    }
    children(path, place, relative, own);
    if (own.made && isChosen) {
      setMetadata(path, place, stat);
    }
  }

  private void copyEntry(ByteName path, FileStat stat, ByteName place) throws IOException {
    var existing = target.tryStat(place);
    if (existing.isPresent()) {
      if (existing.get().isDirectory() && !options.replacesAlways()) {
        throw BuildException.failed("cannot replace to directory /" + place + " with file");
      }
      target.removeTree(place);
    }
    if (stat.isRegular() && stat.links() > 1) {
      var first = linked.putIfAbsent(stat.inode(), place);
      if (first != null) {
        target.makeLink(place, target, first);
        return;
      }
    }
    switch (stat.kind()) {
      case REGULAR -> copyFile(path, place, stat.size());
      case SYMLINK -> target.makeSymlink(place, source.readLink(path));
      case SOCKET -> target.makeNode(place, FileKind.REGULAR, stat.mode(), 0, 0);
      case FIFO, CHARACTER_DEVICE ->
          target.makeNode(place, stat.kind(), stat.mode(), stat.rdevMajor(), stat.rdevMinor());
      case BLOCK_DEVICE -> // upstream clears the bits of a socket, which leaves this one's number
          target.makeNode(
              place, FileKind.CHARACTER_DEVICE, stat.mode(), stat.rdevMajor(), stat.rdevMinor());
      case DIRECTORY -> throw new IllegalStateException("directories are entered");
    }
    setMetadata(path, place, stat);
  }

  private void copyFile(ByteName path, ByteName place, long size) throws IOException {
    room.reserve(size);
    try (var in = source.openRead(path);
        var out = target.create(place, 0600)) {
      out.copyFrom(in, size);
    } catch (LinuxException e) {
      throw e.isMissing() ? LinuxException.of("open", "/" + place, e.errno()) : e;
    }
  }

  private void setMetadata(ByteName path, ByteName place, FileStat stat) throws IOException {
    var owner = options.owner().orElse(new Owner(stat.uid(), stat.gid()));
    target.chown(place, owner.uid(), owner.gid());
    if (!stat.isSymlink()) {
      target.chmod(place, mode(stat));
    }
    copyXattrs(path, place);
    setTimes(place, stat);
  }

  private int mode(FileStat stat) {
    if (options.modeExpression().isPresent()) {
      return options.modeExpression().get().apply(stat.mode(), stat.isDirectory());
    }
    return options.mode() < 0 ? stat.mode() : options.mode() & 07777;
  }

  /** Attributes are copied as far as source and target take them. */
  private void copyXattrs(ByteName path, ByteName place) {
    try {
      for (var xattr : source.xattrs(path).all().entrySet()) {
        if (!xattr.getKey().startsWith("trusted.overlay.")) {
          copyXattr(place, xattr.getKey(), xattr.getValue());
        }
      }
    } catch (LinuxException e) {
      LOG.log(System.Logger.Level.DEBUG, "attributes of " + path + " are not copied", e);
    }
  }

  private void copyXattr(ByteName place, String name, byte[] value) {
    try {
      target.xattrs(place).set(name, value);
    } catch (LinuxException e) {
      LOG.log(
          System.Logger.Level.DEBUG, "attribute " + name + " of " + place + " is not copied", e);
    }
  }

  private void setTimes(ByteName place, FileStat stat) throws IOException {
    target.setTimes(place, options.time().orElse(stat.mtime()));
  }
}
