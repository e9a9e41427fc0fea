package org.jbuildkit.exporters.image;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;

/**
 * What one step did to an image.
 *
 * @param created when, with the offset it was written with
 * @param isEmpty whether it made no layer
 */
record HistoryEntry(
    Optional<OffsetDateTime> created,
    String createdBy,
    String author,
    String comment,
    boolean isEmpty) {

  HistoryEntry withCreated(Optional<OffsetDateTime> changed) {
    return new HistoryEntry(changed, createdBy, author, comment, isEmpty);
  }

  HistoryEntry asEmpty() {
    return new HistoryEntry(created, createdBy, author, comment, true);
  }

  Json toJson() {
    var json = Json.object();
    created.ifPresent(time -> json.put("created", ImageTime.format(time)));
    return json.putUnlessEmpty("created_by", createdBy)
        .putUnlessEmpty("author", author)
        .putUnlessEmpty("comment", comment)
        .putUnlessFalse("empty_layer", isEmpty)
        .build();
  }

  /** The {@code history} of a config. */
  static List<HistoryEntry> ofConfig(Json.Obj config) {
    var history = new ArrayList<HistoryEntry>();
    for (var element : config.array("history")) {
      if (element instanceof Json.Obj entry) {
        var created = entry.text("created");
        history.add(
            new HistoryEntry(
                created.isEmpty() ? Optional.empty() : Optional.of(ImageTime.parse(created)),
                entry.text("created_by"),
                entry.text("author"),
                entry.text("comment"),
                entry.flag("empty_layer")));
      }
    }
    return history;
  }
}
