package org.jbuildkit.session.files;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jspecify.annotations.Nullable;

/** Part of a directory's tree; looked at once the first entry is asked for. */
final class FilteredTree implements TreeEntries {
  private final Dir root;
  private final TreeFilter filter;
  private @Nullable TreeWalk walk;

  FilteredTree(Dir root, TreeFilter filter) {
    this.root = root;
    this.filter = filter;
  }

  @Override
  public Optional<Stat> next() throws IOException {
    var walking = walk;
    if (walking == null) {
      walking = new TreeWalk(root, filter);
      walk = walking;
    }
    return walking.next();
  }

  @Override
  public Fd open(ByteName path) throws IOException {
    return root.openRead(path);
  }
}
