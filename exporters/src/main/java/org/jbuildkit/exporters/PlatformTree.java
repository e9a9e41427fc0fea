package org.jbuildkit.exporters;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.exporters.image.ImageOptions.Epoch;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.store.MountedTree;
import org.jspecify.annotations.Nullable;

/** The files of one platform's result, reachable until it is closed. */
final class PlatformTree implements AutoCloseable {
  private static final long SECOND = 1_000_000_000L;

  private final String id;
  private final OptionalLong epoch;
  private final @Nullable MountedTree mounted;
  private final @Nullable Dir root;
  private Optional<TreeStatements> statements = Optional.empty();
  private long stated;

  private PlatformTree(
      String id, OptionalLong epoch, @Nullable MountedTree mounted, @Nullable Dir root) {
    this.id = id;
    this.epoch = epoch;
    this.mounted = mounted;
    this.root = root;
  }

  /**
   * Opens the trees of a result, in its platforms' order, with what is to be stated of them.
   *
   * @param started when the export began
   * @throws BuildException if trees and platforms don't go together
   */
  static List<PlatformTree> open(BuildResult result, TreeOptions options, Instant started)
      throws IOException, InterruptedException {
    boolean isMap = !result.byPlatform().isEmpty();
    var listed = result.metadata("refs.platforms", Optional.empty());
    if (isMap && listed.isEmpty()) {
      throw BuildException.failed("unable to export multiple refs, missing platforms mapping");
    }
    var config = result.metadata("containerimage.config", Optional.empty());
    var platforms = ResultPlatform.of(listed, config);
    if (!isMap && platforms.size() > 1) {
      throw BuildException.failed("unable to export multiple platforms without map");
    }
    var trees = new ArrayList<PlatformTree>();
    try {
      for (var platform : platforms) {
        var tree = open(result, platform.id(), options.epoch());
        trees.add(tree);
        tree.state(result, options, started);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      closeAll(trees);
      throw e;
    }
    return trees;
  }

  private static PlatformTree open(BuildResult result, String id, Epoch asked)
      throws IOException, InterruptedException {
    var epoch = ResultEpoch.of(asked, result, id);
    var tree = result.byPlatform().isEmpty() ? result.single() : result.byPlatform().get(id);
    if (tree == null) {
      throw BuildException.failed("failed to find ref for ID " + id);
    }
    if (tree.isEmpty()) {
      return new PlatformTree(id, epoch, null, null);
    }
    var mounted = tree.get().mount();
    try {
      return new PlatformTree(id, epoch, mounted, mounted.open());
    } catch (IOException | RuntimeException e) {
      mounted.close();
      throw e;
    }
  }

  private void state(BuildResult result, TreeOptions options, Instant started)
      throws IOException, InterruptedException {
    boolean sharesFolder = !result.byPlatform().isEmpty() && !options.splits().orElse(Boolean.TRUE);
    var naming =
        new TreeStatements.Naming(
            options.statementPrefix(), sharesFolder ? directory().toString() : "");
    var attested = result.attestations().getOrDefault(id, List.of());
    statements = Optional.of(TreeStatements.write(attested, naming, files()));
    stated = Math.multiplyExact(epoch.orElse(started.getEpochSecond()), SECOND);
  }

  static void closeAll(List<PlatformTree> trees) throws IOException {
    for (var tree : trees) {
      tree.close();
    }
  }

  String id() {
    return id;
  }

  /** The directory that the platform has for itself. */
  ByteName directory() {
    return ByteName.ofText(id.replace('/', '_'));
  }

  private long nanos() {
    return Math.multiplyExact(epoch.orElse(0), SECOND);
  }

  /** The entries from the beginning, with their times set and statements among them. */
  TreeEntries entries() throws IOException {
    return statements.isEmpty() ? files() : statements.get().among(files(), stated);
  }

  private TreeEntries files() {
    if (root == null) {
      return NoEntries.INSTANCE;
    }
    var plain = TreeEntries.of(root, TreeFilter.ALL);
    return epoch.isEmpty()
        ? plain
        : plain.mapped(stat -> stat.toBuilder().setModTime(nanos()).build());
  }

  /** As {@link #entries}, below the platform's own directory. */
  TreeEntries entriesInDirectory() throws IOException {
    return new DirectoryEntries(directory(), nanos(), entries());
  }

  @Override
  public void close() throws IOException {
    statements.ifPresent(TreeStatements::close);
    if (root != null) {
      root.close();
    }
    if (mounted != null) {
      mounted.close();
    }
  }
}
