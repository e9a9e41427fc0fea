package org.jbuildkit.buildctl.build;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.keys.ExporterKeys;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ReadableFolder;

/** What {@code --output} asks for: exporters, and where their results go. */
final class Outputs {
  private final List<BuildSpec.Endpoint> exports = new ArrayList<>();
  private final Map<Integer, ExportDestination> destinations = new LinkedHashMap<>();
  private Optional<Path> store = Optional.empty();

  /** Parses all values; files are created at once. */
  static Outputs parse(List<String> values) {
    var outputs = new Outputs();
    for (var value : values) {
      try {
        outputs.add(value);
      } catch (UsageException | IOException e) {
        throw BuildException.failed("invalid output option: output: " + e.getMessage());
      }
    }
    return outputs;
  }

  private void add(String value) throws IOException {
    var attributes = CsvFields.attributes(value);
    var type = attributes.remove("type");
    if (type == null) {
      throw new UsageException("--output requires type=<type>");
    }
    var misnamed = attributes.get("output");
    if (misnamed != null) {
      throw new UsageException(
          "output=" + misnamed + " not supported for --output, you meant dest=" + misnamed + "?");
    }
    var destination = Optional.ofNullable(attributes.remove(ExporterKeys.DEST)).orElse("");
    boolean archive =
        Optional.ofNullable(attributes.get(ExporterKeys.TAR))
            .flatMap(GoValues::parseBool)
            .orElse(true);
    switch (type) {
      case ExporterKeys.TYPE_LOCAL -> addDirectory(attributes.get(ExporterKeys.MODE), destination);
      case ExporterKeys.TYPE_TAR -> addFile(type, destination);
      case ExporterKeys.TYPE_OCI, ExporterKeys.TYPE_DOCKER -> {
        if (archive) {
          addFile(type, destination);
        } else {
          addStore(type, destination);
        }
      }
      default -> {
        if (!destination.isEmpty()) {
          throw new UsageException(
              "output " + destination + " is not supported by " + type + " exporter");
        }
      }
    }
    exports.add(new BuildSpec.Endpoint(type, attributes));
  }

  private void addDirectory(@org.jspecify.annotations.Nullable String mode, String destination) {
    if (destination.isEmpty()) {
      throw new UsageException("output directory is required for local exporter");
    }
    var chosen = Optional.ofNullable(mode).orElse("copy");
    if (!chosen.equals("copy") && !chosen.equals("delete")) {
      throw BuildException.failed("invalid local exporter mode \"" + chosen + "\"");
    }
    destinations.put(
        exports.size(),
        new ExportDestination.ToDirectory(Path.of(destination), chosen.equals("delete")));
  }

  private void addStore(String type, String destination) throws IOException {
    if (destination.isEmpty()) {
      throw new UsageException("output directory is required for " + type + " exporter");
    }
    if (store.isPresent()) {
      throw BuildException.failed("oci store key \"export\" already exists");
    }
    store = Optional.of(ReadableFolder.create(Path.of(destination)));
  }

  private void addFile(String type, String destination) throws IOException {
    if (destination.isEmpty() || destination.equals("-")) {
      if (Terminal.at(1).isPresent()) {
        throw new UsageException(
            "output file is required for " + type + " exporter. refusing to write to console");
      }
      destinations.put(
          exports.size(),
          new ExportDestination.ToStream(_ -> new FileOutputStream(FileDescriptor.out)));
      return;
    }
    var path = Path.of(destination);
    if (Files.isDirectory(path)) {
      throw new UsageException("destination file is a directory");
    }
    OutputStream file;
    try {
      file = Files.newOutputStream(path);
    } catch (NoSuchFileException e) {
      throw new IOException("open " + destination + ": no such file or directory", e);
    }
    destinations.put(exports.size(), new ExportDestination.ToStream(_ -> file));
  }

  List<BuildSpec.Endpoint> exports() {
    return exports;
  }

  /** Places for results that the daemon sends, by the exporter's index. */
  Map<Integer, ExportDestination> destinations() {
    return destinations;
  }

  /** The folder that an exporter writes blobs to. */
  Optional<Path> store() {
    return store;
  }
}
