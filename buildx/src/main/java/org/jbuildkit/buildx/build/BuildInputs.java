package org.jbuildkit.buildx.build;

import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.keys.SolveOptions;
import org.jbuildkit.session.attach.BlobFolder;
import org.jbuildkit.session.attach.SharedDirectories;
import org.jbuildkit.session.attach.Uploads;

/** What a build reads of the client, and how the frontend is told of it. Closed after the build. */
final class BuildInputs implements AutoCloseable {
  final SequencedMap<String, String> options = new LinkedHashMap<>();
  final TreeSet<String> capabilities = new TreeSet<>();
  final Map<String, BlobFolder> stores = new LinkedHashMap<>();
  final Uploads uploads = new Uploads();

  private final SequencedMap<String, Path> directories = new LinkedHashMap<>();
  private final List<Path> temporary = new ArrayList<>();
  private boolean uploading;

  /**
   * Lets the daemon read a directory.
   *
   * @param name by which it asks for it
   */
  void share(String name, Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw BuildException.failed(
          "resolve : lstat " + directory.toAbsolutePath() + ": no such file or directory");
    }
    directories.put(name, directory.toRealPath());
  }

  /** Directories that the daemon may read, by name. */
  Map<String, Path> directories() {
    return directories;
  }

  /** An empty directory that is gone after the build. */
  Path temporaryFolder() throws IOException {
    var folder = Files.createTempDirectory("buildx-");
    temporary.add(folder);
    return folder;
  }

  /** Offers data for the build to fetch once; the result is its URL. */
  String upload(java.io.InputStream data) {
    uploading = true;
    return uploads.add(data);
  }

  /** Services for the session; blobs are not among them. */
  List<BindableService> attachables() {
    var services = new ArrayList<BindableService>();
    if (!directories.isEmpty()) {
      services.add(new SharedDirectories(directories));
    }
    if (uploading) {
      services.add(uploads);
    }
    return services;
  }

  /** Adds what the frontend has to be able to do. */
  void putCapabilities() {
    if (!capabilities.isEmpty()) {
      options.put(SolveOptions.FRONTEND_CAPS, String.join(",", capabilities));
    }
  }

  @Override
  public void close() throws IOException {
    for (var folder : temporary) {
      try (var paths = Files.walk(folder)) {
        for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
