package org.jbuildkit.session.files;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.protocol.fsutil.Stat;

/** The entries of a tree in sending order, and the content of those that are files. */
public interface TreeEntries {
  /** The next entry, or empty after the last. */
  Optional<Stat> next() throws IOException;

  /** Opens a file that was announced; the caller closes. */
  Fd open(ByteName path) throws IOException;

  /** What passes a filter of the tree at {@code root}, which stays the caller's. */
  static TreeEntries of(Dir root, TreeFilter filter) {
    return new FilteredTree(root, filter);
  }

  /** The same entries, each changed; paths stay. */
  default TreeEntries mapped(UnaryOperator<Stat> mapping) {
    var inner = this;
    return new TreeEntries() {
      @Override
      public Optional<Stat> next() throws IOException {
        return inner.next().map(mapping);
      }

      @Override
      public Fd open(ByteName path) throws IOException {
        return inner.open(path);
      }
    };
  }
}
