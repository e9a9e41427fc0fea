package org.jbuildkit.sources.git;

import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;

/**
 * One directory of a checkout, which becomes all of the tree.
 *
 * @param path relative and clean
 */
record GitSubdirectory(String path) {

  /**
   * Moves what is in the directory to the root, and removes the rest.
   *
   * @param root the tree
   * @param checkout where in it the files were written
   * @throws BuildException {@code invalid subdir …} if the directory is missing, or a link
   */
  void lift(Dir root, ByteName checkout) throws IOException {
    try (var place = root.openDir(checkout)) {
      check(place);
      try (var directory = place.openDir(ByteName.ofText(path))) {
        for (var entry : directory.list()) {
          directory.renameNew(entry.name(), root, entry.name());
        }
      }
    }
    root.removeTree(checkout);
  }

  private void check(Dir place) throws IOException {
    var reached = ByteName.EMPTY;
    for (var component : ByteName.ofText(path).components()) {
      reached = reached.isEmpty() ? component : reached.resolve(component);
      var found = place.tryStat(reached);
      if (found.isEmpty()) {
        throw BuildException.failed(
            "invalid subdir %s: failed to lstat %s: statat %s: no such file or directory"
                .formatted(path, GoQuote.quote(reached.toString()), reached));
      }
      if (found.get().kind() != FileKind.DIRECTORY) {
        throw BuildException.failed(
            "invalid subdir %s: git subpath %s contains non-directory %s"
                .formatted(path, GoQuote.quote(path), GoQuote.quote(reached.toString())));
      }
    }
  }
}
