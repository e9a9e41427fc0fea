package org.jbuildkit.exporters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.image.ExportedImage;
import org.jbuildkit.exporters.image.ImageArchive;
import org.jbuildkit.exporters.image.ImageAssembly;
import org.jbuildkit.exporters.image.ImageLayer;
import org.jbuildkit.exporters.image.ImageNames;
import org.jbuildkit.exporters.image.ImageOptions;
import org.jbuildkit.exporters.image.PlatformImage;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.LayerBlobs;
import org.jbuildkit.store.Ref;

/**
 * Sends images as OCI layouts, or in the form that {@code docker load} takes, in one tar stream.
 */
public final class LayoutExporter implements Exporter {
  private final boolean isDocker;
  private final LayerBlobs blobs;
  private final SessionRegistry sessions;
  private final Clock clock;

  public LayoutExporter(boolean isDocker, LayerBlobs blobs, SessionRegistry sessions, Clock clock) {
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
    var options = ImageOptions.parse(attributes, kind);
    if (!options.asTar()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "exporter option tar=false is not supported by this daemon");
    }
    return new LayoutExport(index, options);
  }

  private final class LayoutExport implements Export {
    private final int index;
    private final ImageOptions options;

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
      var metadata = new LinkedHashMap<>(plain.metadata());
      options
          .metadata()
          .forEach((key, value) -> metadata.put(key, value.getBytes(StandardCharsets.UTF_8)));
      var result = new BuildResult(plain.single(), plain.byPlatform(), metadata);
      boolean isMap = !result.byPlatform().isEmpty();
      if (isMap && isDocker) {
        throw BuildException.failed(
            "docker exporter does not currently support exporting manifest lists");
      }
      var steps = new Steps(report, clock);
      var image = assemble(result, isMap, steps);
      var names = ImageNames.parse(options.names(result.metadata("image.name", Optional.empty())));
      var response = image.response(ImageNames.join(names));
      var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
      var upload = new ResultUpload(session, index);
      steps.step(
          "sending tarball",
          () -> {
            try (var out = upload.openTarball(response)) {
              new ImageArchive(blobs.content()).write(image, names, isDocker, out);
            }
            return Boolean.TRUE;
          });
      return response;
    }

    private ExportedImage assemble(BuildResult result, boolean isMap, Steps steps)
        throws IOException, InterruptedException {
      var listed = result.metadata("refs.platforms", Optional.empty());
      if (isMap && listed.isEmpty()) {
        throw BuildException.failed("unable to export multiple refs, missing platforms mapping");
      }
      var platforms =
          ResultPlatform.of(listed, result.metadata("containerimage.config", Optional.empty()));
      var images =
          steps.step(
              "exporting layers",
              () -> {
                var made = new ArrayList<PlatformImage>();
                for (var platform : platforms) {
                  made.add(image(result, platform, isMap));
                }
                return made;
              });
      var assembly = new ImageAssembly(blobs.content(), options, annotations(result), steps);
      var first = platforms.getFirst();
      return assembly
          .write(images, isMap)
          .created(epoch(result, first.id()), clock.instant().getEpochSecond());
    }

    private SequencedMap<String, String> annotations(BuildResult result) {
      var annotations = new LinkedHashMap<String, String>();
      result
          .metadata()
          .forEach((key, value) -> {
            if (key.startsWith("annotation")) {
              annotations.put(key, new String(value, StandardCharsets.UTF_8));
            }
          });
      return annotations;
    }

    private PlatformImage image(BuildResult result, ResultPlatform platform, boolean isMap)
        throws IOException, InterruptedException {
      var id = Optional.of(platform.id());
      var tree = isMap ? result.byPlatform().get(platform.id()) : result.single();
      if (tree == null) {
        throw BuildException.failed("failed to find ref for ID " + platform.id());
      }
      return new PlatformImage(
          platform,
          layers(tree),
          result.metadata("containerimage.config", id),
          result.metadata("containerimage.base.config", id),
          epoch(result, platform.id()),
          Optional.empty(),
          List.of());
    }

    private List<ImageLayer> layers(Optional<Ref> tree) throws IOException, InterruptedException {
      if (tree.isEmpty()) {
        return List.of();
      }
      var form =
          new LayerBlobs.Form(
              options.compression(), options.compressionLevel(), options.forceCompression());
      return blobs.of(tree.get(), form).stream()
          .map(blob ->
              new ImageLayer(
                  blob.descriptor(),
                  blob.diffId(),
                  blob.description(),
                  Optional.of(blob.created())))
          .toList();
    }

    private OptionalLong epoch(BuildResult result, String platform) {
      return switch (options.epoch()) {
        case ImageOptions.Epoch.At(long seconds) -> OptionalLong.of(seconds);
        case ImageOptions.Epoch.None _ -> OptionalLong.empty();
        case ImageOptions.Epoch.Unset _ -> {
          var text =
              result
                  .metadata("source.date.epoch", Optional.of(platform))
                  .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
          yield text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(seconds(text.get()));
        }
      };
    }
  }

  private static long seconds(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BuildException(
          ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH from frontend: \"" + text + "\"", e);
    }
  }
}
