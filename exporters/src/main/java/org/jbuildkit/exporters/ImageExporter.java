package org.jbuildkit.exporters;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.image.ExportedImage;
import org.jbuildkit.exporters.image.ImageOptions;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.session.SessionCredentials;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.LayerBlobs;

/**
 * Makes images, and pushes them under their names. There is no image store here: an image that is
 * not pushed stays as blobs of the cache.
 */
public final class ImageExporter implements Exporter {
  private final LayerBlobs blobs;
  private final Registry registry;
  private final SessionRegistry sessions;
  private final Clock clock;
  private final String version;

  /**
   * What pushing takes; all of it stays the caller's.
   *
   * @param salt of what clients are asked
   */
  public record Registry(
      RegistryClient client, BlobOrigins origins, SessionCredentials.Salt salt) {}

  /**
   * @param version of the daemon, which lists of software tell
   */
  public ImageExporter(
      LayerBlobs blobs, Registry registry, SessionRegistry sessions, Clock clock, String version) {
    this.version = version;
    this.blobs = blobs;
    this.registry = registry;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return "image";
  }

  @Override
  public Export open(int index, SequencedMap<String, String> attributes) {
    return new ImageExport(ImageOptions.parse(attributes, ImageOptions.Kind.IMAGE));
  }

  private final class ImageExport implements Export {
    private final ImageOptions options;
    private Optional<Finish> push = Optional.empty();
    private Optional<Descriptor> made = Optional.empty();

    ImageExport(ImageOptions options) {
      this.options = options;
    }

    @Override
    public String name() {
      return "exporting to image";
    }

    @Override
    public SequencedMap<String, String> export(Job job, BuildResult result, VertexReport report)
        throws IOException, InterruptedException {
      var making = new ImageMaking(options, blobs, new Steps(report, clock), result, version, true);
      var image = making.make();
      made = Optional.of(image.root());
      var names = names(image, making.result().metadata("image.name", Optional.empty()));
      if (options.push().push() && !names.isEmpty()) {
        var asker = new SessionCredentials(sessions, List.of(job.sessionId()), registry.salt());
        push =
            Optional.of(later -> {
              var pushing =
                  new ImagePush(registry, asker, blobs.content(), new Steps(later, clock), later);
              for (var name : names.split(",", -1)) {
                pushing.push(name, image, making.pending(), options.push());
              }
            });
      }
      return image.response(names);
    }

    private String names(ExportedImage image, Optional<byte[]> ofFrontend) {
      var names = options.names(ofFrontend);
      var prefix = options.push().danglingPrefix();
      if (prefix.isEmpty() || (options.push().danglingIfUnnamed() && !names.isEmpty())) {
        return names;
      }
      var dangling = prefix + "@" + image.root().digest();
      return names.isEmpty() ? dangling : names + "," + dangling;
    }

    @Override
    public Optional<Finish> finish() {
      return push;
    }

    @Override
    public Optional<Descriptor> image() {
      return made;
    }
  }
}
