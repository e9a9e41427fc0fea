package org.jbuildkit.exporters.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageIndex;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarWriter;
import org.jbuildkit.store.ContentStore;

/**
 * An image as one tar stream: an OCI layout, which Docker's form extends by {@code manifest.json}.
 */
public final class ImageArchive {
  private static final String BLOBS = "blobs/sha256/";
  private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private final ContentStore store;

  public ImageArchive(ContentStore store) {
    this.store = store;
  }

  /**
   * Writes the stream.
   *
   * @param names none for an unnamed image
   * @param forDocker whether to add what {@code docker load} reads
   * @param out not closed
   */
  public void write(
      ExportedImage image, List<ImageReference> names, boolean forDocker, OutputStream out)
      throws IOException {
    var members = new TreeMap<String, Content>();
    for (var blob : image.blobs()) {
      members.put(BLOBS + blob.digest().hex(), new Content.Blob(blob));
    }
    members.put("index.json", new Content.Bytes(index(image, names).compactBytes(), 0644));
    members.put("oci-layout", new Content.Bytes(utf8(LAYOUT), 0444));
    if (forDocker && image.config().isPresent()) {
      members.put("manifest.json", new Content.Bytes(dockerManifest(image, names), 0644));
    }
    write(members, out);
  }

  private sealed interface Content {
    record Blob(Descriptor descriptor) implements Content {}

    record Bytes(byte[] bytes, int mode) implements Content {}
  }

  private void write(SortedMap<String, Content> members, OutputStream out) throws IOException {
    try (var tar = new TarWriter(out)) {
      tar.begin(directory("blobs"));
      tar.begin(directory("blobs/sha256"));
      for (Map.Entry<String, Content> member : members.entrySet()) {
        switch (member.getValue()) {
          case Content.Bytes(byte[] bytes, int mode) ->
              write(tar, member.getKey(), mode, bytes.length, new ByteArrayInputStream(bytes));
          case Content.Blob(Descriptor blob) -> {
            try (var in = open(blob)) {
              write(tar, member.getKey(), 0444, blob.size(), in);
            }
          }
        }
      }
    }
  }

  private InputStream open(Descriptor blob) throws IOException {
    return store
        .open(blob.digest())
        .orElseThrow(() -> new IOException("content " + blob.digest() + " is not stored"));
  }

  private static TarEntry directory(String name) {
    return TarEntry.of(TarEntry.Kind.DIRECTORY, ByteName.ofText(name), 0755, 0);
  }

  private static void write(TarWriter tar, String name, int mode, long size, InputStream in)
      throws IOException {
    tar.begin(TarEntry.of(TarEntry.Kind.REGULAR, ByteName.ofText(name), mode, size));
    var buffer = new byte[128 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      tar.write(buffer, 0, n);
    }
  }

  private static ImageIndex index(ExportedImage image, List<ImageReference> names) {
    var manifests = new ArrayList<Descriptor>();
    for (var name : names) {
      var reference = name.tag().isEmpty() ? name.toString() : name.tag();
      manifests.add(
          image
              .root()
              .withAnnotation("io.containerd.image.name", name.toString())
              .withAnnotation("org.opencontainers.image.ref.name", reference));
    }
    if (names.isEmpty()) {
      manifests.add(image.root());
    }
    return new ImageIndex(MediaType.OCI_INDEX, manifests, new LinkedHashMap<>());
  }

  private static byte[] dockerManifest(ExportedImage image, List<ImageReference> names) {
    var tags = names.stream().map(ImageReference::familiar).toList();
    var layers = image.layers().stream().map(layer -> BLOBS + layer.digest().hex()).toList();
    var config = image.config().orElseThrow();
    var one =
        Json.object()
            .put("Config", BLOBS + config.digest().hex())
            .put("RepoTags", listOrNull(tags))
            .put("Layers", listOrNull(layers))
            .build();
    return new Json.Arr(List.of(one)).bytes();
  }

  private static Json listOrNull(List<String> texts) {
    return texts.isEmpty() ? new Json.Null() : Json.ofTexts(texts);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
