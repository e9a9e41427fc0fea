package org.jbuildkit.exporters.image;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a history say something of each layer, with a time for every step. */
final class HistoryRepair {
  private static final String COMMENT = "buildkit.exporter.image.v0";

  private HistoryRepair() {}

  /** Exactly one non-empty entry for each layer, undated ones dated after their neighbours. */
  static List<HistoryEntry> repair(List<HistoryEntry> history, List<ImageLayer> layers) {
    var all = new ArrayList<HistoryEntry>();
    int seen = 0;
    for (var entry : history) {
      boolean isSurplus = !entry.isEmpty() && seen >= layers.size();
      seen += entry.isEmpty() || isSurplus ? 0 : 1;
      all.add(isSurplus ? entry.asEmpty() : entry);
    }
    for (var layer : layers.subList(seen, layers.size())) {
      all.add(new HistoryEntry(created(layer), layer.description(), "", COMMENT, false));
    }
    dateLayers(all, layers);
    fillGaps(all);
    return all;
  }

  private static Optional<OffsetDateTime> created(ImageLayer layer) {
    return layer.created().map(ImageTime::of);
  }

  private static void dateLayers(List<HistoryEntry> history, List<ImageLayer> layers) {
    int layer = 0;
    for (int i = 0; i < history.size(); i++) {
      var entry = history.get(i);
      if (entry.isEmpty()) {
        continue;
      }
      if (entry.created().isEmpty()) {
        history.set(i, entry.withCreated(created(layers.get(layer))));
      }
      layer++;
    }
  }

  private static void fillGaps(List<HistoryEntry> history) {
    var current = firstAfterGap(history);
    boolean inGap = false;
    for (int i = 0; i < history.size(); i++) {
      var entry = history.get(i);
      if (entry.created().isEmpty()) {
        history.set(i, entry.withCreated(current));
        inGap = true;
      } else if (inGap) {
        current = entry.created();
      }
    }
  }

  /** The first time after an undated entry, else the last time of all. */
  private static Optional<OffsetDateTime> firstAfterGap(List<HistoryEntry> history) {
    Optional<OffsetDateTime> latest = Optional.empty();
    boolean inGap = false;
    for (var entry : history) {
      if (entry.created().isEmpty()) {
        inGap = true;
        continue;
      }
      latest = entry.created();
      if (inGap) {
        return latest;
      }
    }
    return latest;
  }

  /** No time later than the epoch, but for the steps that the base image began with. */
  static List<HistoryEntry> clamp(
      List<HistoryEntry> history, List<HistoryEntry> base, OffsetDateTime epoch) {
    var clamped = new ArrayList<HistoryEntry>();
    boolean isBase = true;
    for (int i = 0; i < history.size(); i++) {
      var entry = history.get(i);
      isBase &= i < base.size() && entry.equals(base.get(i));
      boolean isLater =
          entry.created().isEmpty() || entry.created().get().toInstant().isAfter(epoch.toInstant());
      clamped.add(!isBase && isLater ? entry.withCreated(Optional.of(epoch)) : entry);
    }
    return clamped;
  }
}
