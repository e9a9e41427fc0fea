package org.jbuildkit.benchmarks.soak;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What layers do to the tree below them.
 *
 * @param set files with their content
 * @param removed names that are hidden
 */
record Effect(SortedMap<String, String> set, SortedSet<String> removed) {
  static final Effect NONE = new Effect(new TreeMap<>(), new TreeSet<>());

  Effect writing(String path, String content) {
    var later = new TreeMap<String, String>();
    later.put(path, content);
    return then(new Effect(later, new TreeSet<>()));
  }

  Effect removing(String path) {
    var later = new TreeSet<String>();
    later.add(path);
    return then(new Effect(new TreeMap<>(), later));
  }

  /** This below, the other on top. */
  Effect then(Effect later) {
    var all = new TreeMap<>(set);
    all.keySet().removeAll(later.removed);
    all.putAll(later.set);
    var gone = new TreeSet<>(removed);
    gone.addAll(later.removed);
    gone.removeAll(later.set.keySet());
    return new Effect(all, gone);
  }
}
