package org.jbuildkit.engine.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.oci.Descriptor;

/**
 * How a build ended.
 *
 * @param error what failed it
 * @param events all of its progress
 * @param metadata of the result, if there was one
 * @param exported what each export made, by its index in the request
 * @param provenance predicates by platform id; the empty id is the only tree of a result
 * @param spans collects the build's trace, some time after its end
 */
public record BuildOutcome(
    Optional<Throwable> error,
    List<ProgressEvent> events,
    Map<String, String> metadata,
    SequencedMap<Integer, Descriptor> exported,
    SequencedMap<String, byte[]> provenance,
    Optional<Spans> spans) {
  public BuildOutcome {
    events = List.copyOf(events);
    metadata = Map.copyOf(metadata);
    exported = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(exported));
    provenance = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(provenance));
  }

  /** The trace of a build. */
  @FunctionalInterface
  public interface Spans {
    /** Ends the recording: the trace as a document, empty if there is nothing in it. */
    byte[] collect();
  }
}
