package org.jbuildkit.session.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.LinuxException;

/** Resolves paths link by link inside a tree, collecting every link and the final names. */
final class FollowedPaths {
  private static final int MAX_STEPS = 10_000;

  private final Dir root;
  private final TreeSet<String> found = new TreeSet<>();
  private int steps;

  private FollowedPaths(Dir root) {
    this.root = root;
  }

  /** Include patterns for the paths; an empty list stands for the whole tree. */
  static List<String> resolve(Dir root, List<String> paths) throws IOException {
    var resolver = new FollowedPaths(root);
    for (var path : paths) {
      var names = new ArrayDeque<ByteName>(ByteName.ofText(path).components());
      resolver.walk(ByteName.EMPTY, names);
    }
    if (resolver.found.contains("")) {
      return List.of();
    }
    return withoutChildren(resolver.found);
  }

  private static List<String> withoutChildren(Iterable<String> paths) {
    var kept = new ArrayList<String>();
    for (var path : paths) {
      boolean covered = kept.stream().anyMatch(parent -> path.startsWith(parent + "/"));
      if (!covered) {
        kept.add(path);
      }
    }
    return kept;
  }

  private void walk(ByteName at, Deque<ByteName> rest) throws IOException {
    if (++steps > MAX_STEPS) {
      throw new IOException("too many links in followed paths");
    }
    var names = new ArrayDeque<>(rest);
    var next = names.poll();
    if (next == null) {
      found.add(at.toString());
      return;
    }
    var text = next.toString();
    if (text.equals(".")) {
      walk(at, names);
    } else if (text.equals("..")) {
      walk(at.parent().orElse(ByteName.EMPTY), names);
    } else if (text.matches(".*[*?\\[].*")) {
      walkMatches(at, text, names);
    } else {
      step(at, next, names);
    }
  }

  private void walkMatches(ByteName at, String pattern, Deque<ByteName> rest) throws IOException {
    var wildcard = Wildcard.of(pattern);
    try (var dir = root.openDir(at)) {
      for (var entry : dir.list()) {
        if (wildcard.matches(entry.name().toString())) {
          step(at, entry.name(), rest);
        }
      }
    } catch (LinuxException _) {
      found.add(at.resolve(ByteName.ofText(pattern)).toString());
    }
  }

  private void step(ByteName at, ByteName name, Deque<ByteName> rest) throws IOException {
    var path = at.resolve(name);
    var stat = root.tryStat(path);
    if (stat.isPresent() && stat.get().isSymlink()) {
      found.add(path.toString());
      var target = root.readLink(path);
      var names = new ArrayDeque<>(target.components());
      names.addAll(rest);
      boolean absolute = !target.isEmpty() && target.byteAt(0) == '/';
      walk(absolute ? ByteName.EMPTY : at, names);
    } else if (stat.isEmpty()) {
      // Missing names are asked for literally; they just match nothing.
      var missing = path;
      for (var more : rest) {
        missing = missing.resolve(more);
      }
      found.add(missing.toString());
    } else {
      walk(path, rest);
    }
  }
}
