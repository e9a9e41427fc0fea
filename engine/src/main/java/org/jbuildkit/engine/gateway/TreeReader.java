package org.jbuildkit.engine.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.session.files.TreeWalk;

/**
 * Answers frontends' questions about a tree's files. Links are followed inside the tree, as if it
 * were the root of the file system.
 */
public final class TreeReader {
  /** The tree without files. */
  public static final TreeReader EMPTY = new TreeReader(Optional.empty());

  private static final int MAX_READ = 256 << 20;
  private static final int MAX_ENTRIES = 1 << 20;

  private final Optional<Dir> root;

  private TreeReader(Optional<Dir> root) {
    this.root = root;
  }

  /**
   * @param root stays the caller's
   */
  public static TreeReader of(Dir root) {
    return new TreeReader(Optional.of(root));
  }

  /** The bytes of a regular file. */
  public byte[] file(String path) throws IOException {
    return file(path, 0, Long.MAX_VALUE);
  }

  /**
   * Bytes of a regular file; fewer than asked for at its end.
   *
   * @throws BuildException {@code open PATH: no such file or directory}, or if it is no file
   */
  public byte[] file(String path, long offset, long length) throws IOException {
    var tree = root.orElseThrow(() -> missing("open", path));
    var resolved = RootedPath.resolve(tree, ByteName.ofText(path), true);
    var stat = tree.tryStat(resolved).orElseThrow(() -> missing("open", path));
    if (!stat.isRegular()) {
      throw BuildException.failed(path + " is not a regular file");
    }
    long from = Math.clamp(offset, 0, stat.size());
    long wanted = Math.clamp(length, 0, stat.size() - from);
    if (wanted > MAX_READ) {
      throw BuildException.failed(path + " is too large to be read");
    }
    try (var file = tree.openRead(resolved)) {
      file.seek(from);
      return file.input(false).readNBytes((int) wanted);
    }
  }

  /**
   * What lies directly in a folder.
   *
   * @param pattern which names; empty for all
   */
  public List<Stat> entries(String path, String pattern) throws IOException {
    if (root.isEmpty() && ByteName.ofText(path).components().isEmpty()) {
      return List.of();
    }
    var tree = root.orElseThrow(() -> missing("open", path));
    var resolved = RootedPath.resolve(tree, ByteName.ofText(path), true);
    var stat = tree.tryStat(resolved).orElseThrow(() -> missing("open", path));
    if (!stat.isDirectory()) {
      throw failed("readdirent", path, Errno.ENOTDIR);
    }
    var patterns = pattern.isEmpty() ? List.<String>of() : List.of(pattern);
    var entries = new ArrayList<Stat>();
    try (var folder = tree.openDir(resolved)) {
      var walk = TreeWalk.flat(folder, new TreeFilter(patterns, List.of(), List.of()));
      for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
        entries.add(entry.get());
        if (entries.size() > MAX_ENTRIES) {
          throw BuildException.failed(path + " is too large to be read");
        }
      }
    }
    return entries;
  }

  /**
   * A file's metadata; of a link's target, with the target's name.
   *
   * @param keepsName whether the last name of the path is told even where that is a link
   */
  public Stat stat(String path, boolean keepsName) throws IOException {
    if (root.isEmpty()) {
      if (ByteName.ofText(path).components().stream().allMatch(TreeReader::isDot)) {
        return Stat.newBuilder()
            .setPath(FileModes.wire(ByteName.ofText(".")))
            .setMode(FileModes.DIRECTORY | 0755)
            .build();
      }
      throw missing("lstat", path);
    }
    var tree = root.get();
    var resolved = RootedPath.resolve(tree, ByteName.ofText(path), true);
    if (tree.tryStat(resolved).isEmpty()) {
      throw missing("lstat", path);
    }
    var name = keepsName ? ByteName.ofText(path).last() : resolved.last();
    return TreeWalk.describe(tree, resolved).toBuilder()
        .setPath(FileModes.wire(name.isEmpty() ? ByteName.ofText(".") : name))
        .build();
  }

  private static boolean isDot(ByteName name) {
    return name.toString().equals(".");
  }

  private static BuildException missing(String call, String path) {
    return failed(call, path, Errno.ENOENT);
  }

  private static BuildException failed(String call, String path, Errno reason) {
    var cause = LinuxException.of(call, path, reason);
    return new BuildException(ErrorCode.UNKNOWN, BuildException.describe(cause), cause);
  }
}
