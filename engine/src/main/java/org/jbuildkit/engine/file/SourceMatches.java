package org.jbuildkit.engine.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.linux.RootedPath;

/** Finds the entries of a tree that a path with wildcards stands for. */
final class SourceMatches {
  private final Dir root;
  private final ByteName base;
  private final String display;
  private final Wildcard pattern;
  private final List<String> found = new ArrayList<>();

  private SourceMatches(Dir root, ByteName base, String display, Wildcard pattern) {
    this.root = root;
    this.base = base;
    this.display = display;
    this.pattern = pattern;
  }

  /**
   * Paths relative to the root in lexical order, the part before the first wildcard as written.
   * Without any wildcard the path itself, whether it exists or not.
   */
  static List<String> find(Dir root, String path, boolean followBase) throws IOException {
    var clean = new ContainerPath(path);
    if (!Wildcard.isIn(clean.value())) {
      return List.of(clean.value().substring(1));
    }
    var fixed = new ArrayList<String>();
    var rest = new ArrayList<String>();
    for (var part : clean.components()) {
      (rest.isEmpty() && !Wildcard.isIn(part) ? fixed : rest).add(part);
    }
    var display = String.join("/", fixed);
    var base = RootedPath.resolve(root, ByteName.ofText(display), followBase);
    var stat = root.tryStat(base);
    if (stat.isEmpty()) {
      throw LinuxException.of("lstat", "/" + base, Errno.ENOENT);
    }
    if (!stat.get().isDirectory()) {
      return List.of();
    }
    Wildcard pattern;
    try {
      pattern = Wildcard.of(String.join("/", rest));
    } catch (BuildException e) {
      return List.of(); // as upstream: a malformed pattern matches nothing
    }
    var matches = new SourceMatches(root, base, display, pattern);
    matches.walk(ByteName.EMPTY);
    return matches.found;
  }

  private void walk(ByteName relative) throws IOException {
    try (var dir = root.openDir(base.resolve(relative))) {
      for (var entry : dir.list()) {
        var child = relative.resolve(entry.name());
        if (pattern.matches(child.toString())) {
          found.add(display.isEmpty() ? child.toString() : display + "/" + child);
        } else if (entry.kind() == org.jbuildkit.linux.FileKind.DIRECTORY) {
          walk(child);
        }
      }
    }
  }
}
