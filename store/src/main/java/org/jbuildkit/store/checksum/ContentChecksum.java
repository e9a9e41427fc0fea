package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.store.Ref;

/** Digests parts of trees by content; remembers what it computed for the trees used last. */
public final class ContentChecksum {
  /** Value of a ref whose tree a client sent: its root has no metadata of its own. */
  public static final String TRANSFERRED = "checksum.transferred";

  private static final int REMEMBERED_TREES = 256;

  private final Map<String, TreeDigests> trees =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TreeDigests> eldest) {
              return size() > REMEMBERED_TREES;
            }
          });

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
    var digests = trees.computeIfAbsent(ref.get().contentId(), _ -> new TreeDigests(transferred));
    try (var mounted = ref.get().mount();
        var root = mounted.open()) {
      return checksum(root, digests, selector);
    }
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
