package org.jbuildkit.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.session.attach.ReadableFolder;

/** The {@code index.json} of an image layout folder. */
public final class LayoutIndex {
  private static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final String IMAGE_NAME = "io.containerd.image.name";
  private static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

  private final Path folder;

  public LayoutIndex(Path folder) {
    this.folder = folder;
  }

  private Path file() {
    return folder.resolve("index.json");
  }

  private Json.Obj read() throws IOException {
    try {
      return Json.parseObject(Files.readAllBytes(file()));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "could not read " + file() + ": open " + file() + ": no such file or directory", e);
    } catch (IllegalArgumentException e) {
      throw new IOException("could not read " + file() + ": " + e.getMessage(), e);
    }
  }

  /** The digest of the manifest with this tag. */
  public Optional<String> digest(String tag) throws IOException {
    for (var element : read().array("manifests")) {
      if (element instanceof Json.Obj manifest
          && manifest.object("annotations").text(REF_NAME).equals(tag)) {
        return Optional.of(manifest.text("digest"));
      }
    }
    return Optional.empty();
  }

  /** The digest of the layout's manifest if it has a single one. */
  public Optional<String> onlyDigest() throws IOException {
    var manifests = read().array("manifests");
    return manifests.size() == 1 && manifests.getFirst() instanceof Json.Obj manifest
        ? Optional.of(manifest.text("digest"))
        : Optional.empty();
  }

  /** Makes {@code descriptor} what {@code tag} stands for. */
  public void putTag(Json.Obj descriptor, String tag) throws IOException {
    put(descriptor, Map.of(REF_NAME, tag));
  }

  /** Makes {@code descriptor} what an image name stands for; it has a tag or a digest. */
  public void putName(Json.Obj descriptor, String name) throws IOException {
    int at = name.indexOf('@');
    int colon = name.lastIndexOf(':');
    var object =
        at >= 0
            ? name.substring(at)
            : colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "latest";
    put(descriptor, Map.of(IMAGE_NAME, name, REF_NAME, object));
  }

  private void put(Json.Obj descriptor, Map<String, String> names) throws IOException {
    ReadableFolder.create(folder);
    var members = new LinkedHashMap<String, Json>();
    List<Json> manifests = new ArrayList<>();
    if (Files.exists(file())) {
      var index = read();
      members.putAll(index.members());
      for (var element : index.array("manifests")) {
        boolean replaced = element instanceof Json.Obj manifest && hasNames(manifest, names);
        if (!replaced) {
          manifests.add(element);
        }
      }
    } else {
      members.put("schemaVersion", Json.of(2));
      members.put("mediaType", Json.of(INDEX_TYPE));
    }
    var annotations = new LinkedHashMap<String, String>();
    annotations.putAll(descriptor.textMap("annotations"));
    annotations.putAll(names);
    manifests.add(withAnnotations(descriptor, annotations));
    members.put("manifests", new Json.Arr(manifests));
    write(new Json.Obj(members));
  }

  private static boolean hasNames(Json.Obj manifest, Map<String, String> names) {
    var annotations = manifest.object("annotations");
    return annotations.text(REF_NAME).equals(names.getOrDefault(REF_NAME, ""))
        && annotations.text(IMAGE_NAME).equals(names.getOrDefault(IMAGE_NAME, ""));
  }

  /** Annotations stand after the size, before the platform. */
  private static Json.Obj withAnnotations(Json.Obj descriptor, Map<String, String> annotations) {
    var members = new LinkedHashMap<String, Json>();
    descriptor
        .members()
        .forEach((key, value) -> {
          if (!key.equals("annotations")) {
            members.put(key, value);
          }
          if (key.equals("size")) {
            members.put("annotations", Json.ofMap(annotations));
          }
        });
    return new Json.Obj(members);
  }

  /** Deletes every blob that no entry of the index leads to. */
  public void deleteUnreachable() throws IOException {
    var reachable = new HashSet<String>();
    collect(read(), reachable);
    var blobs = folder.resolve("blobs");
    try (var files = Files.walk(blobs, 2)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var name = blobs.relativize(file).toString().replace('/', ':');
        if (!reachable.contains(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private void collect(Json.Obj document, Set<String> reachable) throws IOException {
    var descriptors = new ArrayList<>(document.array("manifests"));
    descriptors.addAll(document.array("layers"));
    descriptors.add(document.object("config"));
    for (var element : descriptors) {
      if (!(element instanceof Json.Obj descriptor) || !reachable.add(descriptor.text("digest"))) {
        continue;
      }
      var type = descriptor.text("mediaType");
      var digest = Digest.tryParse(descriptor.text("digest"));
      if (digest.isPresent() && (type.contains("manifest") || type.contains("index"))) {
        var blob =
            folder.resolve("blobs").resolve(digest.get().algorithm()).resolve(digest.get().hex());
        collect(Json.parseObject(Files.readAllBytes(blob)), reachable);
      }
    }
  }

  private void write(Json.Obj index) throws IOException {
    var temporary = Files.createTempFile(folder, "index.json", ".tmp");
    Files.write(temporary, index.bytes());
    Files.setPosixFilePermissions(
        temporary, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(temporary, file(), StandardCopyOption.ATOMIC_MOVE);
    var layout = folder.resolve("oci-layout");
    if (!Files.exists(layout)) {
      Files.write(layout, "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
      Files.setPosixFilePermissions(
          layout, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    }
  }
}
