package org.jbuildkit.exporters.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.statement.LayerFiles;
import org.jbuildkit.exporters.statement.SpdxDocument;
import org.jbuildkit.exporters.statement.Statement;
import org.jbuildkit.exporters.statement.Unbundling;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.ContentStore;

/** Writes the manifest that holds the statements about one image. */
final class AttestationWriter {
  private static final String EMPTY_JSON_BASE64 = "e30=";

  private final ContentStore store;
  private final ImageOptions options;
  private final Steps steps;
  private final List<Descriptor> blobs;

  /**
   * @param blobs takes all that is written
   */
  AttestationWriter(ContentStore store, ImageOptions options, Steps steps, List<Descriptor> blobs) {
    this.store = store;
    this.options = options;
    this.steps = steps;
    this.blobs = blobs;
  }

  /**
   * @param image the manifest's descriptor
   * @param layers the image's
   * @return the attestation manifest's descriptor as the index has it
   */
  Descriptor write(PlatformImage about, Descriptor image, List<Descriptor> layers)
      throws IOException, InterruptedException {
    var statements = new ArrayList<Descriptor>();
    var stated = about.stated();
    var selves = stated.selves(about.platform().platform(), image.digest());
    for (var statement : Unbundling.of(stated.attestations())) {
      var document = completed(statement, layers, stated.daemon()).about(selves);
      store.put(document);
      statements.add(
          Descriptor.of(MediaType.IN_TOTO, document)
              .withAnnotation("in-toto.io/predicate-type", statement.predicateType()));
    }
    var config = config(statements);
    var configDescriptor =
        options.ociArtifact()
            ? Descriptor.of(MediaType.OCI_EMPTY, config).withData(EMPTY_JSON_BASE64)
            : Descriptor.of(MediaType.OCI_CONFIG, config);
    store.put(config);
    var manifest =
        new Manifest(
            MediaType.OCI_MANIFEST,
            options.ociArtifact() ? MediaType.ATTESTATION_MANIFEST : "",
            configDescriptor,
            statements,
            options.ociArtifact() ? Optional.of(plain(image)) : Optional.empty(),
            new LinkedHashMap<>());
    var bytes = manifest.bytes();
    var descriptor = Descriptor.of(MediaType.OCI_MANIFEST, bytes);
    steps.step("exporting attestation manifest " + descriptor.digest(), () -> store.put(bytes));
    blobs.addAll(statements);
    blobs.add(configDescriptor);
    blobs.add(descriptor);
    return descriptor
        .withAnnotation("vnd.docker.reference.digest", image.digest().toString())
        .withAnnotation("vnd.docker.reference.type", "attestation-manifest")
        .withPlatform(new Platform("unknown", "unknown", ""));
  }

  /** What was found in the image itself is told with its layers. */
  private Statement completed(Statement statement, List<Descriptor> layers, String daemon)
      throws IOException {
    if (!statement.isCore() || !statement.predicateType().equals(AttestationKeys.SPDX)) {
      return statement;
    }
    var files = new LayerFiles(store, layers.stream().map(Descriptor::digest).toList());
    return SpdxDocument.completed(statement.predicate(), files, daemon)
        .map(statement::withPredicate)
        .orElse(statement);
  }

  private static Descriptor plain(Descriptor image) {
    return new Descriptor(image.mediaType(), image.digest(), image.size());
  }

  private byte[] config(List<Descriptor> statements) {
    if (options.ociArtifact()) {
      return "{}".getBytes(StandardCharsets.UTF_8);
    }
    var digests = statements.stream().map(one -> one.digest().toString()).toList();
    return Json.object()
        .put("architecture", "unknown")
        .put("os", "unknown")
        .put("config", Json.object().build())
        .put(
            "rootfs",
            Json.object().put("type", "layers").put("diff_ids", Json.ofTexts(digests)).build())
        .build()
        .bytes();
  }
}
