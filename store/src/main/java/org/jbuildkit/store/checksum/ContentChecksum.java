package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.RootedPath;
import org.jbuildkit.store.Lineage;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.Ref;

/**
 * Digests parts of trees by content; remembers what it computed for the trees used last, and keeps
 * it with trees of which much was computed. {@link #close} keeps all that is remembered.
 */
public final class ContentChecksum implements AutoCloseable {
  /** Digests that may be remembered, of all trees together: about 100 MB. */
  private static final int MAX_REMEMBERED = 500_000;

  private static final int MAX_TREES = 256;

  /** So many new digests took longer to compute than all take to write. */
  private static final int WORTH_SAVING = 2000;

  private final LinkedHashMap<String, Known> trees = new LinkedHashMap<>(16, 0.75f, true);
  private final Consumer<IOException> unsaved;

  /** What is remembered of a tree, and the file where it is kept. */
  private record Known(
      String contentId, TreeDigests digests, Optional<DigestFile> file, Optional<Known> below) {}

  /**
   * @param unsaved told when what was computed can't be kept
   */
  public ContentChecksum(Consumer<IOException> unsaved) {
    this.unsaved = unsaved;
  }

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
    // Mounted first: that brings layers that were not here.
    try (var mounted = ref.get().mount();
        var root = mounted.open()) {
      var known = known(ref.get().lineage());
      try {
        return checksum(root, known.digests(), selector);
      } finally {
        saveIfMuch(known);
      }
    }
  }

  /** What is known of the first tree, which shares what it can with the ones below it. */
  private Known known(List<Lineage> trees) {
    Optional<Known> below = Optional.empty();
    for (var tree : trees.reversed()) {
      below = Optional.of(known(tree, below));
    }
    return below.orElseThrow(() -> new IllegalStateException("a tree has no lineage"));
  }

  private Known known(Lineage tree, Optional<Known> below) {
    var id = tree.contentId();
    synchronized (this) {
      var known = trees.get(id);
      if (known != null) {
        return known;
      }
    }
    var file = tree.notes().map(DigestFile::new);
    var digests = new TreeDigests(tree.isTransferred(), below(tree, below));
    file.ifPresent(kept -> kept.load(id, digests));
    synchronized (this) {
      var known = trees.computeIfAbsent(id, _ -> new Known(id, digests, file, below));
      forgetEldest();
      return known;
    }
  }

  private static Optional<TreeDigests.Below> below(Lineage tree, Optional<Known> below) {
    return below.flatMap(
        known -> tree.layer().map(layer -> new TreeDigests.Below(known.digests(), layer)));
  }

  private void saveIfMuch(Known known) {
    for (var one = Optional.of(known); one.isPresent(); one = one.get().below()) {
      if (one.get().digests().unsaved() >= WORTH_SAVING) {
        save(one.get());
      }
    }
  }

  private void save(Known known) {
    if (known.file().isEmpty()) {
      return;
    }
    try {
      known.digests().saved();
      known.file().get().save(known.contentId(), known.digests());
    } catch (NoSuchFileException e) {
      // The tree is gone, and its folder with it.
    } catch (IOException e) {
      unsaved.accept(e);
    }
  }

  private void forgetEldest() {
    long total = trees.values().stream().mapToLong(known -> known.digests().size()).sum();
    var eldest = trees.values().iterator();
    while (trees.size() > 1 && (total > MAX_REMEMBERED || trees.size() > MAX_TREES)) {
      total -= eldest.next().digests().size();
      eldest.remove();
    }
  }

  /**
   * Takes over what is known of a tree that a client sends again. To be kept by {@link #keep} once
   * the tree is committed; if that does not happen nothing is known of it.
   */
  public TreeChanges changes(MutableRef tree) throws IOException {
    var id = tree.previousContentId();
    Optional<TreeDigests> known;
    synchronized (this) {
      known = id.map(trees::remove).map(Known::digests);
    }
    var file = tree.notes().map(DigestFile::new);
    if (known.isEmpty() && id.isPresent()) {
      var loaded = new TreeDigests(true);
      known = file.filter(kept -> kept.load(id.get(), loaded)).map(_ -> loaded);
    }
    if (file.isPresent()) {
      file.get().delete();
    }
    return new TreeChanges(known.orElseGet(() -> new TreeDigests(true)));
  }

  /** Remembers what is known of the tree that was written. */
  public void keep(Ref tree, TreeChanges changes) {
    var known =
        new Known(
            tree.contentId(),
            changes.digests(),
            tree.notes().map(DigestFile::new),
            Optional.empty());
    synchronized (this) {
      trees.put(tree.contentId(), known);
      forgetEldest();
    }
    saveIfMuch(known);
  }

  /** Keeps what is remembered with the trees. None of them may be written to any more. */
  @Override
  public void close() {
    List<Known> all;
    synchronized (this) {
      all = List.copyOf(trees.values());
      trees.clear();
    }
    for (var known : all) {
      if (known.digests().unsaved() > 0) {
        save(known);
      }
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
