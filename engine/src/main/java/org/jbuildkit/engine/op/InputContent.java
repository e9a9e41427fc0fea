package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.checksum.ContentChecksum;
import org.jbuildkit.store.checksum.Selector;

/**
 * What ops are keyed by when their inputs are known: the content of what they select there.
 *
 * @param workerId whose trees these are, for mistakes that are told
 */
public record InputContent(ContentChecksum checksums, String workerId) {

  /** Part of a cache key: one digest for all that is selected. */
  String digest(Result input, List<Selector> selectors) throws IOException, InterruptedException {
    var digests = new ArrayList<Digest>();
    var tree = RefResult.tree(input);
    for (var selector : selectors) {
      try {
        digests.add(checksums.checksum(tree, selector));
      } catch (BuildException | IOException e) {
        var id = workerId + "::" + tree.map(Object::toString).orElse("");
        throw BuildException.failed("failed to calculate checksum of ref " + id, e);
      }
    }
    return OpDigests.content(digests);
  }

  /**
   * Paths that are not below another of them, in the order given: what is below says nothing new.
   *
   * @param paths absolute and clean, each once
   */
  static List<String> withoutNested(Collection<String> paths) {
    var all = new HashSet<>(paths);
    return paths.stream().filter(path -> !isBelowAny(path, all)).toList();
  }

  private static boolean isBelowAny(String path, HashSet<String> all) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (all.contains(path.substring(0, slash))) {
        return true;
      }
    }
    return path.length() > 1 && all.contains("/");
  }
}
