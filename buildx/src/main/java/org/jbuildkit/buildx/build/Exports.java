package org.jbuildkit.buildx.build;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.keys.ExporterKeys;
import org.jbuildkit.session.attach.ExportDestination;

/** The outputs of one build as the daemon is asked for them, and where their results go. */
final class Exports {
  private final List<BuildSpec.Endpoint> endpoints = new ArrayList<>();
  private final Map<Integer, ExportDestination> destinations = new LinkedHashMap<>();
  private final Rules rules;
  private Optional<Path> layout = Optional.empty();
  private boolean usesStdout;
  private boolean prefersDigest;

  /**
   * What outputs depend on.
   *
   * @param mayDelete whether files outside of the working directory may be removed
   * @param isIndex whether the result is more than one image: of several platforms, or attested
   * @param engine where images are loaded
   */
  record Rules(boolean mayDelete, boolean isIndex, Supplier<DockerEngine> engine) {}

  private Exports(Rules rules) {
    this.rules = rules;
  }

  /**
   * @param tags names of the image
   * @param annotations attributes for every output
   */
  static Exports prepare(
      List<Output> outputs,
      List<String> tags,
      SequencedMap<String, String> annotations,
      Rules rules)
      throws IOException {
    var exports = new Exports(rules);
    for (var output : outputs) {
      if (!output.type().equals(Output.CACHE_ONLY)) {
        exports.add(output, tags, annotations);
      }
    }
    return exports;
  }

  private void add(Output output, List<String> tags, SequencedMap<String, String> annotations)
      throws IOException {
    var type = output.type();
    switch (type) {
      case ExporterKeys.TYPE_LOCAL -> addDirectory(output);
      case ExporterKeys.TYPE_TAR -> addFile(output);
      case ExporterKeys.TYPE_OCI, ExporterKeys.TYPE_DOCKER -> {
        if (output.isLayoutFolder()) {
          addLayout(output);
        } else if (output.isLoaded()) {
          type = addLoad();
        } else {
          addFile(output);
        }
      }
      default -> {
        if (!output.destination().isEmpty()) {
          throw BuildException.failed(
              "dest is not supported by the %s exporter".formatted(output.type()));
        }
      }
    }
    var attributes = new LinkedHashMap<>(output.attributes());
    if (output.isImage() && !tags.isEmpty()) {
      attributes.put(ExporterKeys.NAME, String.join(",", tags));
    }
    if (output.type().equals(ExporterKeys.TYPE_IMAGE)
        && output.isPushing()
        && attributes.getOrDefault(ExporterKeys.NAME, "").isEmpty()) {
      throw BuildException.failed("tag is needed when pushing to registry");
    }
    attributes.putAll(annotations);
    endpoints.add(new BuildSpec.Endpoint(type, attributes));
  }

  /** Loads the image into the engine; the result is the exporter that makes what it takes. */
  private String addLoad() throws IOException {
    var engine = rules.engine().get();
    boolean layouts = engine.takesLayouts();
    if (!layouts && rules.isIndex()) {
      throw BuildException.failed(
          "docker exporter does not currently support exporting manifest lists");
    }
    prefersDigest |= layouts;
    destinations.put(endpoints.size(), new ExportDestination.ToStream(_ -> engine.load()));
    return layouts ? ExporterKeys.TYPE_OCI : ExporterKeys.TYPE_DOCKER;
  }

  private void addDirectory(Output output) throws IOException {
    var folder = folder(output);
    var mode = output.attributes().getOrDefault(ExporterKeys.MODE, "copy").toLowerCase(Locale.ROOT);
    if (!mode.equals("copy") && !mode.equals("delete")) {
      throw BuildException.failed(
          "invalid local exporter mode \"" + output.attributes().get(ExporterKeys.MODE) + "\"");
    }
    boolean deletes = mode.equals("delete");
    if (deletes && !rules.mayDelete() && !isInWorkingDirectory(folder)) {
      throw BuildException.failed(
          "local output mode=delete for destination \"%s\" requires --allow=buildx.local.delete"
              .formatted(output.destination()));
    }
    destinations.put(endpoints.size(), new ExportDestination.ToDirectory(folder, deletes));
  }

  private static boolean isInWorkingDirectory(Path folder) throws IOException {
    var here = Path.of("").toRealPath();
    var existing = folder.toAbsolutePath().normalize();
    var rest = Path.of("");
    while (!Files.exists(existing)) {
      rest = existing.getFileName().resolve(rest);
      existing = java.util.Objects.requireNonNull(existing.getParent());
    }
    var real = existing.toRealPath().resolve(rest).normalize();
    return real.startsWith(here) && !real.equals(here);
  }

  private static Path folder(Output output) {
    var destination = output.destination();
    if (destination.isEmpty()) {
      throw BuildException.failed("dest is required for " + output.type() + " exporter");
    }
    if (destination.equals("-")) {
      throw BuildException.failed("dest cannot be stdout for " + output.type() + " exporter");
    }
    var path = Path.of(destination);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw BuildException.failed("destination directory " + destination + " is a file");
    }
    return path;
  }

  private void addLayout(Output output) throws IOException {
    var folder = folder(output);
    if (layout.isPresent()) {
      throw BuildException.failed("oci store key \"export\" already exists");
    }
    layout = Optional.of(Files.createDirectories(folder));
  }

  private void addFile(Output output) {
    var destination = output.destination();
    if (rules.isIndex() && output.type().equals(ExporterKeys.TYPE_DOCKER)) {
      throw BuildException.failed(
          "docker exporter does not support exporting manifest lists, use the oci exporter instead");
    }
    if (destination.isEmpty() || destination.equals("-")) {
      if (usesStdout) {
        throw BuildException.failed("multiple outputs configured to write to stdout");
      }
      if (Terminal.at(1).isPresent()) {
        throw BuildException.failed(
            "dest file is required for %s exporter. refusing to write to console"
                .formatted(output.type()));
      }
      usesStdout = true;
      destinations.put(
          endpoints.size(),
          new ExportDestination.ToStream(_ -> new FileOutputStream(FileDescriptor.out)));
      return;
    }
    var path = Path.of(destination);
    if (Files.isDirectory(path)) {
      throw BuildException.failed("destination file " + destination + " is a directory");
    }
    destinations.put(endpoints.size(), new ExportDestination.ToStream(_ -> new LazyFile(path)));
  }

  List<BuildSpec.Endpoint> endpoints() {
    return endpoints;
  }

  /** Places for results that the daemon sends, by the exporter's index. */
  Map<Integer, ExportDestination> destinations() {
    return destinations;
  }

  /** The folder that an exporter writes blobs to. */
  Optional<Path> layout() {
    return layout;
  }

  /** Whether the image goes by the digest of its manifest rather than that of its config. */
  boolean prefersDigest() {
    return prefersDigest;
  }
}
