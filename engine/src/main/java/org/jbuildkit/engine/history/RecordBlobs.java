package org.jbuildkit.engine.history;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.oci.ImageIndex;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.protocol.control.BuildResultInfo;
import org.jbuildkit.protocol.control.Descriptor;
import org.jbuildkit.protocol.keys.HistoryMediaTypes;
import org.jbuildkit.store.ContentStore;

/** The blobs that records point to. */
record RecordBlobs(ContentStore content) {

  Descriptor put(String mediaType, byte[] bytes) throws IOException {
    return descriptor(mediaType, content.put(bytes), bytes.length);
  }

  Descriptor putLog(List<ProgressEvent> events) throws IOException {
    try (var writer = content.ingest()) {
      StatusLog.write(events, writer);
      long size = writer.size();
      return descriptor(HistoryMediaTypes.STATUS, writer.commit(), size);
    }
  }

  private static Descriptor descriptor(String mediaType, Digest digest, long size) {
    return Descriptor.newBuilder()
        .setMediaType(mediaType)
        .setDigest(digest.toString())
        .setSize(size)
        .build();
  }

  /**
   * All blobs that a record keeps: what it points to and, of images, the documents below, but no
   * layers.
   *
   * @throws BuildException {@code unknown blob … in history} if one that it points to is missing
   */
  Set<Digest> keptBy(BuildHistoryRecord record) throws IOException {
    var kept = new HashSet<Digest>();
    for (var pointer : pointers(record)) {
      if (pointer.getDigest().isEmpty()) {
        continue;
      }
      var digest = Digest.parse(pointer.getDigest());
      if (content.size(digest).isEmpty()) {
        throw BuildException.failed("unknown blob " + digest + " in history");
      }
      kept.add(digest);
    }
    for (var image : images(record)) {
      addDocuments(image, kept);
    }
    return kept;
  }

  private static List<BuildResultInfo> results(BuildHistoryRecord record) {
    var results = new java.util.ArrayList<BuildResultInfo>();
    results.add(record.getResult());
    results.addAll(record.getResultsMap().values());
    return results;
  }

  private static List<Descriptor> images(BuildHistoryRecord record) {
    return results(record).stream().flatMap(r -> r.getResultsMap().values().stream()).toList();
  }

  private static List<Descriptor> pointers(BuildHistoryRecord record) {
    var pointers = new java.util.ArrayList<Descriptor>();
    pointers.add(record.getLogs());
    pointers.add(record.getTrace());
    pointers.add(record.getExternalError());
    for (var result : results(record)) {
      pointers.add(result.getResultDeprecated());
      pointers.addAll(result.getResultsMap().values());
      pointers.addAll(result.getAttestationsList());
    }
    return pointers;
  }

  private void addDocuments(Descriptor image, Set<Digest> kept) throws IOException {
    var pending = new ArrayDeque<org.jbuildkit.oci.Descriptor>();
    pending.add(
        new org.jbuildkit.oci.Descriptor(
            image.getMediaType(), Digest.parse(image.getDigest()), image.getSize()));
    var seen = new HashSet<Digest>();
    while (!pending.isEmpty()) {
      var next = pending.remove();
      if (!seen.add(next.digest()) || next.size() > Documents.MAX_SIZE) {
        continue;
      }
      try (var in = content.open(next.digest()).orElse(null)) {
        if (in != null) {
          kept.add(next.digest());
          pending.addAll(children(in.readNBytes(Documents.MAX_SIZE), next.mediaType(), kept));
        }
      }
    }
  }

  private static List<org.jbuildkit.oci.Descriptor> children(
      byte[] document, String mediaType, Set<Digest> kept) {
    if (Documents.isIndex(document, mediaType)) {
      return ImageIndex.parse(document).manifests();
    }
    kept.add(Manifest.parse(document).config().digest());
    return List.of();
  }
}
