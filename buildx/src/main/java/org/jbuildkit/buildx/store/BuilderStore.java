package org.jbuildkit.buildx.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;

/** The builders of a user. Held by one process at a time: whoever opens it waits for the others. */
public final class BuilderStore implements AutoCloseable {
  private static final String CURRENT = "current";
  private static final int HASH_LENGTH = 20;

  private final StoreFiles files;
  private final Fd lock;

  private BuilderStore(StoreFiles files, Fd lock) {
    this.files = files;
    this.lock = lock;
  }

  /** Opens the store in a folder, which is made if it is missing. */
  public static BuilderStore open(Path folder) throws IOException, InterruptedException {
    var files = new StoreFiles(folder);
    files.makeFolder();
    var lock = Fd.open(files.path(".lock").toString(), OpenMode.CREATE_OR_OPEN, 0600);
    try {
      lock.lock();
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
    return new BuilderStore(files, lock);
  }

  /** All builders by name; what cannot be read is left out. */
  public List<NodeGroup> list() throws IOException {
    var groups = new ArrayList<NodeGroup>();
    if (!Files.isDirectory(files.path("instances"))) {
      return groups;
    }
    List<Path> paths;
    try (var entries = Files.list(files.path("instances"))) {
      paths = entries.filter(path -> !path.getFileName().toString().startsWith(".tmp-")).toList();
    }
    for (var path : paths) {
      var name = path.getFileName().toString();
      if (BuilderName.isValid(name)) {
        tryFind(name).ifPresent(groups::add);
      }
    }
    groups.sort(Comparator.comparing(NodeGroup::name));
    return groups;
  }

  /** The builder with this name; empty if there is none, or it can have none. */
  public Optional<NodeGroup> tryFind(String name) throws IOException {
    return BuilderName.isValid(name) && exists(name) ? Optional.of(find(name)) : Optional.empty();
  }

  private boolean exists(String name) {
    return Files.exists(instance(name));
  }

  private Path instance(String name) {
    return files.path("instances/" + BuilderName.normalized(name));
  }

  /**
   * @throws BuildException {@link ErrorCode#NOT_FOUND}; or if the name or the file makes no sense
   */
  public NodeGroup find(String name) throws IOException {
    var path = instance(name);
    var content =
        files
            .read("instances/" + BuilderName.normalized(name))
            .orElseThrow(() ->
                new BuildException(
                    ErrorCode.NOT_FOUND, "open " + path + ": no such file or directory"));
    try {
      return NodeGroup.parse(content);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse " + path, e);
    }
  }

  /** Keeps a builder, which counts as a use of it. */
  public void save(NodeGroup group) throws IOException {
    files.write("instances/" + BuilderName.normalized(group.name()), group.bytes());
    touch(group.name());
  }

  /** Removes a builder and what was kept with it; the current choice stays as it is. */
  public void remove(String name) throws IOException {
    var group = find(name);
    files.delete("activity/" + group.name());
    files.delete("activity/" + name);
    files.deleteTree("refs/" + BuilderName.normalized(name));
    files.delete("instances/" + BuilderName.normalized(name));
  }

  /** Removes what was kept of builds on one node. */
  public void removeRefs(String builder, String node) throws IOException {
    files.deleteTree("refs/" + builder + "/" + node);
  }

  /** Takes note of a use of a builder. */
  public void touch(String name) throws IOException {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    files.write("activity/" + name, now.getBytes(StandardCharsets.UTF_8));
  }

  /** When a builder was last used. */
  public Optional<Instant> lastActivity(String name) throws IOException {
    try {
      return files
          .read("activity/" + name)
          .map(bytes -> Instant.parse(new String(bytes, StandardCharsets.UTF_8).trim()));
    } catch (java.time.format.DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /**
   * The builder that is used when none is named.
   *
   * @param key what the choice depends on: where the user's Docker commands go
   */
  public Optional<NodeGroup> current(String key) throws IOException {
    var chosen = files.read(CURRENT).map(BuilderStore::parse).orElse(Json.object().build());
    var name = chosen.text("Name");
    if (!name.isEmpty()) {
      var group = tryFind(name);
      if (chosen.flag("Global") && group.isPresent()) {
        return group;
      }
      if (chosen.text("Key").equals(key)) {
        return group;
      }
    }
    var preset =
        files.read(presetFile(key)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    writeCurrent(key, preset.orElse(""), false);
    return preset.isPresent() ? tryFind(preset.get()) : Optional.empty();
  }

  private static Json.Obj parse(byte[] bytes) {
    try {
      return Json.parseObject(bytes);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse current builder", e);
    }
  }

  private static String presetFile(String key) {
    var hex = Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex();
    return "defaults/" + hex.substring(0, HASH_LENGTH);
  }

  /**
   * Chooses a builder; an empty name stands for the one of the user's Docker context.
   *
   * @param global for every key
   * @param preset also when another builder was chosen for another key meanwhile
   */
  public void choose(String key, String name, boolean global, boolean preset) throws IOException {
    writeCurrent(key, name, global);
    if (preset) {
      files.write(presetFile(key), name.getBytes(StandardCharsets.UTF_8));
    } else {
      files.delete(presetFile(key));
    }
  }

  private void writeCurrent(String key, String name, boolean global) throws IOException {
    files.write(
        CURRENT,
        Json.object().put("Key", key).put("Name", name).put("Global", global).build().bytes());
  }

  /** An id of this installation, made when first asked for. */
  public String nodeId() throws IOException {
    var known = files.read(".buildNodeID").map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    if (known.isPresent() && !known.get().isBlank()) {
      return known.get().trim();
    }
    var random = new byte[8];
    new SecureRandom().nextBytes(random);
    var id = HexFormat.of().formatHex(random);
    files.write(".buildNodeID", id.getBytes(StandardCharsets.UTF_8));
    return id;
  }

  /**
   * Keeps where a build came from.
   *
   * @param dockerfile may be empty
   */
  public void saveBuild(String builder, String node, String ref, String context, String dockerfile)
      throws IOException {
    var state =
        Json.object()
            .put("Target", "default")
            .put("LocalPath", context)
            .put("DockerfilePath", dockerfile)
            .build();
    files.write("refs/" + builder + "/" + node + "/" + ref, state.bytes(), "rw-r--r--");
  }

  /** The user's configuration for daemons of new builders. */
  public Optional<Path> defaultDaemonConfig() {
    return Optional.of(files.path("buildkitd.default.toml")).filter(Files::exists);
  }

  @Override
  public void close() {
    lock.close();
  }
}
