package org.jbuildkit.engine.history;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Uninterrupted;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.protocol.control.BuildResultInfo;
import org.jbuildkit.protocol.keys.HistoryMediaTypes;
import org.jbuildkit.session.errors.StatusCodec;

/** The making of one build's record. Closing it says that the build runs no more. */
public final class Recording implements AutoCloseable {
  private static final String PREDICATE_TYPE = "in-toto.io/predicate-type";
  private static final String PROVENANCE = "https://slsa.dev/provenance/v1";

  private final BuildHistory history;
  private final BuildHistoryRecord started;
  private final boolean isInternal;
  private boolean ended;

  Recording(BuildHistory history, BuildHistoryRecord started, boolean isInternal) {
    this.history = history;
    this.started = started;
    this.isInternal = isInternal;
  }

  /** Whether nothing is stored of the build. */
  public boolean isInternal() {
    return isInternal;
  }

  /**
   * Stores the record. Runs to its end even if the caller is interrupted.
   *
   * @throws BuildException {@code INTERNAL} if that is not possible
   */
  public void complete(BuildOutcome outcome) {
    if (isInternal) {
      return;
    }
    try {
      Uninterrupted.call(() -> {
        history.store(record(outcome), outcome.spans());
        return Boolean.TRUE;
      });
    } catch (Exception e) {
      throw new BuildException(
          ErrorCode.INTERNAL,
          "failed to store the record of build "
              + started.getRef()
              + ": "
              + BuildException.describe(e),
          e);
    }
  }

  private BuildHistoryRecord record(BuildOutcome outcome) throws IOException {
    var completed = Timestamps.of(history.clock().instant());
    var counts = StepCounts.of(outcome.events());
    var record =
        started.toBuilder()
            .setCompletedAt(completed)
            .setLogs(history.blobs().putLog(outcome.events()))
            .putAllExporterResponse(outcome.metadata())
            .setNumTotalSteps(counts.total())
            .setNumCompletedSteps(counts.completed())
            .setNumCachedSteps(counts.cached())
            .setNumWarnings(counts.warnings());
    if (outcome.error().isPresent()) {
      var status = StatusCodec.toProto(outcome.error().get());
      record.setError(status.toBuilder().clearDetails());
      record.setExternalError(history.blobs().put(HistoryMediaTypes.ERROR, status.toByteArray()));
      return record.build();
    }
    addResults(record, outcome);
    return record.build();
  }

  private void addResults(BuildHistoryRecord.Builder record, BuildOutcome outcome)
      throws IOException {
    var single = BuildResultInfo.newBuilder();
    outcome.exported().forEach((index, descriptor) -> single.putResults(index, wire(descriptor)));
    outcome.exported().values().stream()
        .findFirst()
        .ifPresent(first -> single.setResultDeprecated(wire(first)));
    boolean hasSingle = !outcome.exported().isEmpty();
    for (var entry : outcome.provenance().entrySet()) {
      var attestation =
          history.blobs().put(HistoryMediaTypes.IN_TOTO, entry.getValue()).toBuilder()
              .putAnnotations(PREDICATE_TYPE, PROVENANCE)
              .build();
      if (entry.getKey().isEmpty()) {
        single.addAttestations(attestation);
        hasSingle = true;
      } else {
        record.putResults(
            entry.getKey(), BuildResultInfo.newBuilder().addAttestations(attestation).build());
      }
    }
    if (hasSingle) {
      record.setResult(single);
    }
  }

  private static org.jbuildkit.protocol.control.Descriptor wire(Descriptor descriptor) {
    SequencedMap<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
    annotations.remove("config.digest");
    return org.jbuildkit.protocol.control.Descriptor.newBuilder()
        .setMediaType(descriptor.mediaType())
        .setDigest(descriptor.digest().toString())
        .setSize(descriptor.size())
        .putAllAnnotations(annotations)
        .build();
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      history.end(started);
    }
  }
}
