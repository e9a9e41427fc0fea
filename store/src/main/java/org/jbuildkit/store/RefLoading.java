package org.jbuildkit.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Decides at start which of the records found are whole. */
final class RefLoading {
  private RefLoading() {}

  /**
   * What is sound of these: finished or kept on purpose, with its files, and made of sound ones.
   *
   * @param hasFiles whether a record's own layer is there as it was completed
   */
  static List<RefRecord> sound(List<RefRecord> found, Predicate<RefRecord> hasFiles) {
    var broken = new HashSet<String>();
    var children = new HashMap<String, List<RefRecord>>();
    var known = new HashSet<String>();
    found.forEach(record -> known.add(record.id));
    var pending = new ArrayList<RefRecord>();
    for (var record : found) {
      madeOf(record)
          .forEach(id -> children.computeIfAbsent(id, _ -> new ArrayList<>()).add(record));
      boolean isUnfinished = record.isMutable && !record.isRetained;
      boolean lacksFiles = record.ownsLayer && !hasFiles.test(record);
      if (isUnfinished || lacksFiles || !known.containsAll(madeOf(record))) {
        pending.add(record);
      }
    }
    spread(pending, children, broken);
    return found.stream().filter(record -> !broken.contains(record.id)).toList();
  }

  private static Set<String> madeOf(RefRecord record) {
    var ids = new HashSet<>(record.parents);
    ids.addAll(record.layers);
    ids.remove(record.id);
    return ids;
  }

  private static void spread(
      List<RefRecord> pending, Map<String, List<RefRecord>> children, Set<String> broken) {
    while (!pending.isEmpty()) {
      var record = pending.removeLast();
      if (broken.add(record.id)) {
        pending.addAll(children.getOrDefault(record.id, List.of()));
      }
    }
  }
}
