package org.jbuildkit.exporters;

import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.image.ExportedImage;
import org.jbuildkit.exporters.image.ImageArchive;
import org.jbuildkit.exporters.image.ImageNames;
import org.jbuildkit.exporters.image.ImageOptions;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.RemoteBlobs;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.LayerBlobs;

/**
 * Sends images as OCI layouts, or in the form that {@code docker load} takes: in one tar stream, or
 * blob by blob into a store of the client.
 */
public final class LayoutExporter implements Exporter {
  private static final String STORE = "export";

  private final boolean isDocker;
  private final LayerBlobs blobs;
  private final SessionRegistry sessions;
  private final Clock clock;
  private final String version;

  /**
   * @param version of the daemon, which lists of software tell
   */
  public LayoutExporter(
      boolean isDocker, LayerBlobs blobs, SessionRegistry sessions, Clock clock, String version) {
    this.version = version;
    this.isDocker = isDocker;
    this.blobs = blobs;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return isDocker ? "docker" : "oci";
  }

  @Override
  public Export open(int index, SequencedMap<String, String> attributes) {
    var kind = isDocker ? ImageOptions.Kind.DOCKER : ImageOptions.Kind.OCI;
    return new LayoutExport(index, ImageOptions.parse(attributes, kind));
  }

  private final class LayoutExport implements Export {
    private final int index;
    private final ImageOptions options;
    private Optional<Descriptor> made = Optional.empty();

    LayoutExport(int index, ImageOptions options) {
      this.index = index;
      this.options = options;
    }

    @Override
    public String name() {
      return "exporting to " + type() + " image format";
    }

    @Override
    public SequencedMap<String, String> export(Job job, BuildResult plain, VertexReport report)
        throws IOException, InterruptedException {
      var steps = new Steps(report, clock);
      var making = new ImageMaking(options, blobs, steps, plain, version, false);
      if (making.isMap() && isDocker) {
        throw BuildException.failed(
            "docker exporter does not currently support exporting manifest lists");
      }
      var image = making.make().created(making.epoch(), clock.instant().getEpochSecond());
      made = Optional.of(image.root());
      var ofFrontend = making.result().metadata("image.name", Optional.empty());
      var names = ImageNames.parse(options.names(ofFrontend));
      var response = image.response(ImageNames.join(names));
      var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
      if (options.asTar()) {
        steps.step("sending tarball", () -> send(session, image, names, response));
      } else {
        copy(session, image);
      }
      return response;
    }

    @Override
    public Optional<Descriptor> image() {
      return made;
    }

    private boolean send(
        Session session,
        ExportedImage image,
        List<ImageReference> names,
        SequencedMap<String, String> response)
        throws IOException {
      try (var out = new ResultUpload(session, index).openTarball(response)) {
        new ImageArchive(blobs.content()).write(image, names, isDocker, out);
      }
      return true;
    }
  }

  /** Children first, so that nothing at the client points to what is not there. */
  private void copy(Session session, ExportedImage image) throws IOException, InterruptedException {
    var target = new RemoteBlobs(session, STORE);
    var sent = new HashSet<>();
    for (var blob : image.blobs()) {
      if (sent.add(blob.digest())) {
        try (var in =
            blobs
                .content()
                .open(blob.digest())
                .orElseThrow(() -> new IOException("content " + blob.digest() + ": not found"))) {
          target.write(kind(blob) + "-" + blob.digest(), blob.digest(), blob.size(), in);
        }
      }
    }
  }

  private static String kind(Descriptor blob) {
    var type = blob.mediaType();
    if (MediaType.isManifest(type)) {
      return "manifest";
    }
    if (MediaType.isIndex(type)) {
      return "index";
    }
    if (MediaType.isLayer(type)) {
      return "layer";
    }
    if (type.equals(MediaType.OCI_CONFIG) || type.equals(MediaType.DOCKER_CONFIG)) {
      return "config";
    }
    return type.equals("application/vnd.in-toto+json") ? "intoto" : "unknown";
  }
}
