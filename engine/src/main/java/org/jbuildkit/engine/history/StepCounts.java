package org.jbuildkit.engine.history;

import java.util.HashSet;
import java.util.List;
import org.jbuildkit.engine.progress.ProgressEvent;

/** How many distinct vertices a build had, how many of them ever were cached or completed. */
record StepCounts(int total, int completed, int cached, int warnings) {
  static StepCounts of(List<ProgressEvent> events) {
    var total = new HashSet<String>();
    var completed = new HashSet<String>();
    var cached = new HashSet<String>();
    int warnings = 0;
    for (var event : events) {
      if (event instanceof ProgressEvent.OfVertex(var vertex)) {
        total.add(vertex.getDigest());
        if (vertex.hasCompleted()) {
          completed.add(vertex.getDigest());
        }
        if (vertex.getCached()) {
          cached.add(vertex.getDigest());
        }
      } else if (event instanceof ProgressEvent.OfWarning) {
        warnings++;
      }
    }
    return new StepCounts(total.size(), completed.size(), cached.size(), warnings);
  }
}
