package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.history.BuildOutcome;
import org.jbuildkit.engine.history.Recording;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.protocol.control.SolveRequest;

/** What a build's record says of its request and of its end. */
final class BuildRecording {
  private BuildRecording() {}

  /** The record of a build that starts now. */
  static BuildHistoryRecord started(
      SolveRequest request,
      List<org.jbuildkit.protocol.control.Exporter> exporters,
      String frontend,
      Clock clock) {
    return BuildHistoryRecord.newBuilder()
        .setRef(request.getRef())
        .setFrontend(frontend)
        .putAllFrontendAttrs(withoutPasswords(request.getFrontendAttrsMap()))
        .addAllExporters(exporters)
        .setCreatedAt(Timestamps.of(clock.instant()))
        .build();
  }

  private static Map<String, String> withoutPasswords(Map<String, String> options) {
    var told = new LinkedHashMap<String, String>();
    options.forEach((key, value) -> told.put(key, UserInfo.maskedIn(value)));
    return told;
  }

  static void failed(
      Recording recording, Job job, Throwable error, Optional<BuildOutcome.Spans> spans) {
    job.progress().close();
    var outcome =
        new BuildOutcome(
            Optional.of(error),
            job.progress().events(),
            Map.of(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            spans);
    try {
      recording.complete(outcome);
    } catch (BuildException e) {
      // The client is told of the build's own failure.
      error.addSuppressed(e);
    }
  }

  static void succeeded(
      Recording recording,
      Job job,
      BuildResult result,
      List<Exporter.Export> exports,
      BuildProvenance provenance,
      Optional<BuildOutcome.Spans> spans) {
    job.progress().close();
    var metadata = new LinkedHashMap<String, String>();
    result
        .metadata()
        .forEach((key, value) -> metadata.put(key, new String(value, StandardCharsets.UTF_8)));
    recording.complete(
        new BuildOutcome(
            Optional.empty(),
            job.progress().events(),
            metadata,
            images(exports),
            provenance.forRecord(result),
            spans));
  }

  private static SequencedMap<Integer, Descriptor> images(List<Exporter.Export> exports) {
    var images = new LinkedHashMap<Integer, Descriptor>();
    for (int i = 0; i < exports.size(); i++) {
      int index = i;
      exports.get(i).image().ifPresent(image -> images.put(index, image));
    }
    return images;
  }
}
