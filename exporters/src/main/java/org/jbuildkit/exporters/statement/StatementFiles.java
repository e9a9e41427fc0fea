package org.jbuildkit.exporters.statement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.DirEntry;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.Ref;

/** Reads statements in a tree that somebody else made. */
final class StatementFiles implements AutoCloseable {
  private static final int MAX_BYTES = 40 << 20;
  private static final int MAX_ENTRIES = 10_000;
  private static final long MAX_FOLDER = 4L * MAX_BYTES;

  private final MountedTree mounted;
  private final Dir root;

  private StatementFiles(MountedTree mounted, Dir root) {
    this.mounted = mounted;
    this.root = root;
  }

  static StatementFiles open(Ref tree) throws IOException, InterruptedException {
    var mounted = tree.mount();
    try {
      return new StatementFiles(mounted, mounted.open());
    } catch (IOException | RuntimeException e) {
      mounted.close();
      throw e;
    }
  }

  /** A file of a folder. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(String name, byte[] bytes) {}

  /**
   * A whole file; links lead no further than to the tree's root.
   *
   * @throws BuildException for what is no regular file, and for more bytes than a statement may
   *     have
   */
  byte[] file(String path) throws IOException {
    return file(root, ByteName.ofText(path), path);
  }

  private static byte[] file(Dir root, ByteName path, String name) throws IOException {
    var shown = ContainerPath.cleaned("/" + name);
    var resolved = RootedPath.resolve(root, path, true);
    var stat =
        root.tryStat(resolved).orElseThrow(() -> LinuxException.of("open", shown, Errno.ENOENT));
    if (!stat.isRegular()) {
      throw BuildException.failed(shown + " is not a regular file");
    }
    try (var file = root.openRead(resolved);
        var in = file.input(false)) {
      var bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw BuildException.failed(shown + " exceeds " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /** All files of a folder, in the order of their names; links lead no further than to it. */
  List<Entry> folder(String path) throws IOException {
    var resolved = RootedPath.resolve(root, ByteName.ofText(path), true);
    try (var folder = root.openDir(resolved)) {
      var names = folder.list().stream().map(DirEntry::name).sorted().toList();
      if (names.size() > MAX_ENTRIES) {
        throw BuildException.failed(path + " holds too many statements");
      }
      var entries = new ArrayList<Entry>();
      long size = 0;
      for (var name : names) {
        entries.add(new Entry(name.toString(), file(folder, name, path + "/" + name)));
        size += entries.getLast().bytes().length;
        if (size > MAX_FOLDER) {
          throw BuildException.failed("/" + path + " exceeds " + MAX_FOLDER + " bytes");
        }
      }
      return entries;
    }
  }

  @Override
  public void close() throws IOException {
    root.close();
    mounted.close();
  }
}
