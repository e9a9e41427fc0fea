package org.jbuildkit.session.files;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.DirEntry;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.protocol.fsutil.Stat;

/**
 * The entries of a tree in sending order, as they pass a filter. Memory grows with the depth of the
 * tree, the size of single directories, and the number of hard links.
 */
public final class TreeWalk {
  /** Entries looked at with their directory opened once; the same as may wait to be taken. */
  private static final int BATCH = 64;

  private record Level(
      ByteName path,
      Iterator<DirEntry> entries,
      PatternMatcher.Match included,
      PatternMatcher.Match excluded) {}

  private record Inode(long device, long inode) {}

  private final Dir root;
  private final boolean attributes;
  private final boolean isFlat;
  private final PatternMatcher include;
  private final PatternMatcher exclude;
  private final ArrayDeque<Level> levels = new ArrayDeque<>();
  private final ArrayDeque<Stat> unsent = new ArrayDeque<>();
  private final ArrayDeque<Stat> ready = new ArrayDeque<>();
  private final Map<Inode, ByteString> firstNames = new HashMap<>();

  /** Starts at {@code root}, which stays the caller's. */
  public TreeWalk(Dir root, TreeFilter filter) throws IOException {
    this(root, filter, true, false);
  }

  /** A walk over the whole tree whose entries come without extended attributes. */
  static TreeWalk withoutAttributes(Dir root) throws IOException {
    return new TreeWalk(root, TreeFilter.ALL, false, false);
  }

  /** Takes only what lies directly in {@code root}, which stays the caller's. */
  public static TreeWalk flat(Dir root, TreeFilter filter) throws IOException {
    return new TreeWalk(root, filter, true, true);
  }

  /** The entry of one path, as if it were the only one. */
  public static Stat describe(Dir root, ByteName path) throws IOException {
    var entry = plain(root, path, path, root.stat(path));
    addXattrs(root, path, entry);
    return entry.build();
  }

  private TreeWalk(Dir root, TreeFilter filter, boolean attributes, boolean isFlat)
      throws IOException {
    this.isFlat = isFlat;
    this.root = root;
    this.attributes = attributes;
    this.include = patterns("include", includes(root, filter));
    this.exclude = patterns("exclude", filter.exclude());
    levels.push(
        new Level(
            ByteName.EMPTY,
            root.list().iterator(),
            PatternMatcher.Match.ROOT,
            PatternMatcher.Match.ROOT));
  }

  private static PatternMatcher patterns(String kind, List<String> lines) {
    try {
      return PatternMatcher.of(lines);
    } catch (BuildException e) {
      throw e.within("invalid %spatterns: [%s]".formatted(kind, String.join(" ", lines)));
    }
  }

  private static PatternMatcher.Match match(
      String kind, PatternMatcher patterns, String path, PatternMatcher.Match parent) {
    try {
      return patterns.matches(path, parent);
    } catch (BuildException e) {
      throw e.within("failed to match %spatterns".formatted(kind));
    }
  }

  private static List<String> includes(Dir root, TreeFilter filter) throws IOException {
    if (filter.follow().isEmpty()) {
      return filter.include();
    }
    var followed = FollowedPaths.resolve(root, filter.follow());
    if (followed.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<>(filter.include());
    all.addAll(followed);
    return all;
  }

  /** The next entry, or empty after the last. */
  public Optional<Stat> next() throws IOException {
    while (ready.isEmpty()) {
      var level = levels.peek();
      if (level == null) {
        return Optional.empty();
      }
      if (level.entries.hasNext()) {
        visitSome(level);
      } else {
        levels.pop();
        // A directory that nothing below made worth sending.
        if (!unsent.isEmpty() && FileModes.path(unsent.getLast()).equals(level.path)) {
          unsent.removeLast();
        }
      }
    }
    return Optional.of(ready.poll());
  }

  /** Goes on until a directory is entered, whose entries come before the others. */
  private void visitSome(Level level) throws IOException {
    try (var parent = root.openDir(level.path)) {
      while (level.entries.hasNext() && ready.size() < BATCH && level.equals(levels.peek())) {
        visit(parent, level, level.entries.next());
      }
    } catch (LinuxException e) {
      if (!e.isMissing() && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
        throw e;
      }
      level.entries.forEachRemaining(_ -> {}); // removed meanwhile
    }
  }

  private void visit(Dir parent, Level level, DirEntry entry) throws IOException {
    var path = level.path.resolve(entry.name());
    var text = path.toString();
    var included = match("include", include, text, level.included);
    var excluded = match("exclude", exclude, text, level.excluded);
    boolean wanted = (include.isEmpty() || included.isMatched()) && !excluded.isMatched();
    boolean enter = !isFlat && shouldEnter(text, included, excluded);
    if (!wanted && !enter) {
      return;
    }
    var found = parent.tryStat(entry.name());
    if (found.isEmpty()) {
      return; // removed meanwhile
    }
    var stat = found.get();
    if (stat.isDirectory()) {
      unsent.addLast(entry(parent, path, stat));
      if (wanted) {
        flush();
      }
      if (enter) {
        try (var dir = parent.openDir(entry.name())) {
          levels.push(new Level(path, dir.list().iterator(), included, excluded));
        }
      } else if (!wanted) {
        unsent.removeLast();
      }
    } else if (wanted) {
      flush();
      ready.add(entry(parent, path, stat));
    }
  }

  private boolean shouldEnter(
      String path, PatternMatcher.Match included, PatternMatcher.Match excluded) {
    boolean possible = include.isEmpty() || included.isMatched() || include.canMatchBelow(path);
    return possible && (!excluded.isMatched() || exclude.canTakeBackBelow(path));
  }

  private void flush() {
    ready.addAll(unsent);
    unsent.clear();
  }

  private Stat entry(Dir parent, ByteName path, FileStat stat) throws IOException {
    var entry = plain(parent, path.last(), path, stat);
    if (stat.isRegular() && stat.links() > 1) {
      var first = firstNames.putIfAbsent(new Inode(stat.device(), stat.inode()), entry.getPath());
      if (first != null) {
        entry.setLinkname(first);
      }
    }
    if (attributes) {
      addXattrs(parent, path.last(), entry);
    }
    return entry.build();
  }

  /** An entry without attributes, and without regard to other names of the file. */
  private static Stat.Builder plain(Dir parent, ByteName name, ByteName path, FileStat stat)
      throws IOException {
    // Sockets cannot be sent; as all peers do, an empty regular file goes instead.
    int mode = FileModes.of(stat.kind(), stat.mode()) & ~FileModes.SOCKET;
    var entry =
        Stat.newBuilder()
            .setPath(FileModes.wire(path))
            .setMode(mode)
            .setUid(stat.uid())
            .setGid(stat.gid())
            .setModTime(stat.mtime().toNanos());
    if (!stat.isDirectory()) {
      entry.setSize(stat.size());
    }
    if (stat.isSymlink()) {
      entry.setLinkname(FileModes.wire(parent.readLink(name)));
    }
    if (stat.isDevice()) {
      entry.setDevmajor(stat.rdevMajor()).setDevminor(stat.rdevMinor());
    }
    return entry;
  }

  private static void addXattrs(Dir parent, ByteName name, Stat.Builder entry) {
    try {
      parent
          .xattrs(name)
          .all()
          .forEach((key, value) -> {
            if (!key.startsWith("com.apple.")) {
              entry.putXattrs(key, ByteString.copyFrom(value));
            }
          });
    } catch (LinuxException _) {
      // A file without readable attributes is sent without them.
    }
  }
}
