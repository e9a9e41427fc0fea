package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.Ref;

/** Digests parts of trees by content; remembers what it computed for the trees used last. */
public final class ContentChecksum {
  /** Value of a ref whose tree a client sent: its root has no metadata of its own. */
  public static final String TRANSFERRED = "checksum.transferred";

  /** Digests that may be remembered, of all trees together: about 100 MB. */
  private static final int MAX_REMEMBERED = 500_000;

  private static final int MAX_TREES = 256;

  private final LinkedHashMap<String, TreeDigests> trees = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The digest of a part of a tree.
   *
   * @param ref the tree, or nothing for the empty one; its handle stays the caller's
   * @throws BuildException {@code "PATH": not found}, or for bad patterns
   */
  public Digest checksum(Optional<Ref> ref, Selector selector)
      throws IOException, InterruptedException {
    if (ref.isEmpty()) {
      return ofEmptyTree(selector);
    }
    boolean transferred = ref.get().value(TRANSFERRED) != null;
    var digests = digests(ref.get().contentId(), transferred);
    try (var mounted = ref.get().mount();
        var root = mounted.open()) {
      return checksum(root, digests, selector);
    }
  }

  private synchronized TreeDigests digests(String contentId, boolean transferred) {
    var digests = trees.computeIfAbsent(contentId, _ -> new TreeDigests(transferred));
    forgetEldest();
    return digests;
  }

  private void forgetEldest() {
    long total = trees.values().stream().mapToLong(TreeDigests::size).sum();
    var eldest = trees.values().iterator();
    while (trees.size() > 1 && (total > MAX_REMEMBERED || trees.size() > MAX_TREES)) {
      total -= eldest.next().size();
      eldest.remove();
    }
  }

  /**
   * Takes over what is known of a tree that a client sends again. To be kept by {@link #keep} once
   * the tree is committed; if that does not happen nothing is known of it.
   */
  public synchronized TreeChanges changes(MutableRef tree) {
    var known = tree.previousContentId().map(trees::remove);
    return new TreeChanges(known.orElseGet(() -> new TreeDigests(true)));
  }

  /** Remembers what is known of the tree that was written. */
  public synchronized void keep(Ref tree, TreeChanges changes) {
    trees.put(tree.contentId(), changes.digests());
    forgetEldest();
  }

  private static Digest ofEmptyTree(Selector selector) {
    var path = new ContainerPath(selector.path());
    if (path.isRoot()) {
      return EntryDigest.empty();
    }
    throw new BuildException(ErrorCode.UNKNOWN, path.value() + ": no such file or directory");
  }

  static Digest checksum(Dir root, TreeDigests digests, Selector selector) throws IOException {
    if (selector.isFiltered()) {
      return new FilteredDigest(root, digests, selector).compute();
    }
    var path = new ContainerPath(selector.path());
    var resolved = RootedPath.resolve(root, ByteName.ofText(path.value()), selector.followLinks());
    var stat = root.tryStat(resolved);
    if (stat.isEmpty()) {
      throw new BuildException(ErrorCode.UNKNOWN, "\"%s\": not found".formatted(path.value()));
    }
    return digests.content(root, resolved, stat.get());
  }
}
