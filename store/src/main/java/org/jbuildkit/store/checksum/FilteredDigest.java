package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.base.glob.Wildcard;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.RootedPath;

/**
 * The digest of entries chosen by a wildcard or by patterns. Walks the tree in path order; a
 * directory takes part only with its header, and only if it is chosen itself or lies above an entry
 * that is.
 */
final class FilteredDigest {
  private final Dir root;
  private final TreeDigests digests;
  private final Selector selector;
  private final String path;
  private final Optional<Wildcard> wildcard;
  private final PatternMatcher include;
  private final PatternMatcher exclude;
  private final List<Chosen> chosen = new ArrayList<>();

  /** What is above an entry: match results to inherit, and headers to add once one is chosen. */
  private record Above(
      boolean isSelected,
      String selectedAt,
      PatternMatcher.Match included,
      PatternMatcher.Match excluded,
      List<Chosen> headers) {}

  private record Chosen(String path, Digest digest, boolean[] isAdded) {}

  FilteredDigest(Dir root, TreeDigests digests, Selector selector) {
    this.root = root;
    this.digests = digests;
    this.selector = selector;
    this.path = new ContainerPath(selector.path()).value();
    this.wildcard =
        selector.wildcard() && Wildcard.isIn(path)
            ? Optional.of(Wildcard.of(path))
            : Optional.empty();
    this.include = patterns("includepatterns", selector.include());
    this.exclude = patterns("excludepatterns", selector.exclude());
  }

  private static PatternMatcher patterns(String what, List<String> patterns) {
    try {
      return PatternMatcher.of(patterns);
    } catch (BuildException e) {
      throw e.within("invalid " + what + ": [" + String.join(" ", patterns) + "]");
    }
  }

  Digest compute() throws IOException {
    var prefix = wildcard.isPresent() ? fixedPrefix() : path;
    var start = RootedPath.resolve(root, ByteName.ofText(prefix), wildcard.isPresent());
    var stat = root.tryStat(start);
    if (stat.isEmpty()) {
      if (wildcard.isPresent()) {
        return EntryDigest.empty();
      }
      throw new BuildException(ErrorCode.UNKNOWN, "\"%s\": not found".formatted(path));
    }
    var top = new Above(false, "", PatternMatcher.Match.ROOT, PatternMatcher.Match.ROOT, List.of());
    var display = prefix.equals("/") ? "" : prefix;
    if (wildcard.isPresent()) {
      children(start, display, stat.get(), top);
    } else {
      visit(start, display, stat.get(), top);
    }
    checkRequired();
    return combine(display);
  }

  private String fixedPrefix() {
    var parts = new ArrayList<String>();
    for (var part : new ContainerPath(path).components()) {
      if (Wildcard.isIn(part)) {
        break;
      }
      parts.add(part);
    }
    return "/" + String.join("/", parts);
  }

  private void children(ByteName at, String display, FileStat stat, Above above)
      throws IOException {
    if (!stat.isDirectory()) {
      return;
    }
    try (var dir = root.openDir(at)) {
      for (var child : dir.list()) {
        var childPath = at.resolve(child.name());
        visit(childPath, display + "/" + child.name(), root.stat(childPath), above);
      }
    }
  }

  private void visit(ByteName at, String display, FileStat stat, Above above) throws IOException {
    boolean isTop = false;
    var selectedAt = above.selectedAt();
    boolean selected = above.isSelected();
    if (!selected) {
      isTop = wildcard.map(w -> w.matches(display)).orElse(true);
      selected = isTop;
      selectedAt = display;
    }
    if (!selected) {
      children(at, display, stat, above);
      return;
    }
    var relative = isTop ? "" : display.substring(selectedAt.length() + 1);
    choose(at, display, stat, above, relative, selectedAt);
  }

  private void choose(
      ByteName at, String display, FileStat stat, Above above, String relative, String selectedAt)
      throws IOException {
    var included = include.matches(relative, above.included());
    var excluded = exclude.matches(relative, above.excluded());
    boolean isChosen = (include.isEmpty() || included.isMatched()) && !excluded.isMatched();
    boolean isRoot = display.isEmpty();
    if (!stat.isDirectory()) {
      if (isChosen) {
        add(
            above.headers(),
            new Chosen(display, leaf(at, stat, above.headers().isEmpty()), new boolean[1]));
      }
      return;
    }
    var headers = new ArrayList<>(above.headers());
    if (!isRoot) {
      var header = new Chosen(display, digests.entry(root, at, stat), new boolean[1]);
      headers.add(header);
      if (isChosen) {
        add(headers, header);
      }
    }
    children(at, display, stat, new Above(true, selectedAt, included, excluded, headers));
  }

  private void add(List<Chosen> headers, Chosen entry) {
    for (var header : headers) {
      addOnce(header);
    }
    addOnce(entry);
  }

  private void addOnce(Chosen entry) {
    if (!entry.isAdded()[0]) {
      entry.isAdded()[0] = true;
      chosen.add(entry);
    }
  }

  private Digest leaf(ByteName at, FileStat stat, boolean isTop) throws IOException {
    if (!isTop || !stat.isSymlink() || !selector.followLinks()) {
      return digests.entry(root, at, stat);
    }
    var target = RootedPath.resolve(root, at, true);
    var targetStat = root.tryStat(target);
    if (targetStat.isEmpty()) {
      throw new BuildException(ErrorCode.UNKNOWN, "\"/%s\": not found".formatted(at));
    }
    return digests.content(root, target, targetStat.get());
  }

  private void checkRequired() {
    for (var required : selector.required()) {
      if (chosen.stream().noneMatch(entry -> entry.path().startsWith(required))) {
        throw new BuildException(ErrorCode.UNKNOWN, "\"%s\": not found".formatted(required));
      }
    }
  }

  private Digest combine(String display) {
    if (chosen.isEmpty()) {
      return EntryDigest.empty();
    }
    if (chosen.size() == 1 && last(chosen.getFirst().path()).equals(last(path))) {
      return chosen.getFirst().digest();
    }
    var hasher = new Digest.Hasher();
    for (var entry : chosen) {
      var key = entry.path().substring(display.length());
      var bytes = ByteName.ofText(key.isEmpty() ? "/" : key).bytes();
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == '/' ? 0 : bytes[i];
      }
      hasher.update(bytes).update(entry.digest().toString());
    }
    return hasher.finish();
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
