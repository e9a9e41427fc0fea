package org.jbuildkit.exporters.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarWriter;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.FileContentStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageExportTest {
  private static final Instant CREATED = Instant.parse("2026-11-20T00:00:00.5Z");
  private static final ResultPlatform AMD64 =
      new ResultPlatform("linux/amd64", new Platform("linux", "amd64", ""));

  @TempDir Path folder;
  private ContentStore store;
  private final List<String> steps = new ArrayList<>();

  @BeforeEach
  void openStore() throws IOException {
    store = FileContentStore.open(folder.resolve("content"));
  }

  private static ImageOptions options(ImageOptions.Kind kind, Map<String, String> attributes) {
    return ImageOptions.parse(new LinkedHashMap<>(attributes), kind);
  }

  private ImageAssembly assembly(ImageOptions options) {
    VertexReport report =
        new VertexReport() {
          @Override
          public void log(int stream, byte[] data) {}

          @Override
          public void status(Status status) {
            if (status.completed().isPresent()) {
              steps.add(status.id());
            }
          }
        };
    return new ImageAssembly(
        store, options, new LinkedHashMap<>(), new Steps(report, Clock.systemUTC()));
  }

  private static PlatformImage image(OptionalLong epoch, ImageLayer... layers) {
    return new PlatformImage(
        AMD64,
        List.of(layers),
        Optional.empty(),
        Optional.empty(),
        epoch,
        Optional.empty(),
        ImageStatements.NONE);
  }

  private ImageLayer layer(String description, String name, String content) throws IOException {
    var out = new ByteArrayOutputStream();
    var bytes = content.getBytes(StandardCharsets.UTF_8);
    try (var tar = new TarWriter(out)) {
      tar.begin(
          TarEntry.of(TarEntry.Kind.REGULAR, ByteName.ofText(name), 0644, bytes.length)
              .withTime(1600000000, 0));
      tar.write(bytes, 0, bytes.length);
    }
    var digest = store.put(out.toByteArray());
    var descriptor = new Descriptor(MediaType.OCI_LAYER, digest, out.size());
    return new ImageLayer(descriptor, digest, description, Optional.of(CREATED));
  }

  private static String hash(byte[] bytes) {
    return Digest.sha256(bytes).hex();
  }

  private byte[] archive(ExportedImage image, String names, boolean forDocker) throws IOException {
    var out = new ByteArrayOutputStream();
    new ImageArchive(store).write(image, ImageNames.parse(names), forDocker, out);
    return out.toByteArray();
  }

  @Test
  void emptyImageHasUpstreamsBytes() throws Exception {
    var epoch = OptionalLong.of(1700000000);
    var oci =
        assembly(options(ImageOptions.Kind.OCI, Map.of())).write(List.of(image(epoch)), false);
    assertThat(oci.root().digest().hex())
        .isEqualTo("6cddc7c291e3d05059404a670e53a4e87166bd3f22ea50b9ae60f9d0c4423775");
    assertThat(oci.config().orElseThrow().digest().hex())
        .isEqualTo("471a1b8817eefb6569017c1a76f288e0d4e5c8476eb199485c469d0b033168bf");
    var dated = oci.created(epoch, 0);
    assertThat(hash(archive(dated, "", false)))
        .isEqualTo("92fbca5972fd4b0f1733a905517e5a43349de5de830bd864264286892275c7db");
    assertThat(hash(archive(dated, "foo", false)))
        .isEqualTo("64bba882ac377a67a021f444176e1bfce8078a8c37377e6ba86361a8b80f7647");
    assertThat(hash(archive(dated, "foo", true)))
        .isEqualTo("4d3af4aabbc218b7b0a42043a5d164c76e2bbb7c4cbafdc5e859c266e31f8ec7");
  }

  @Test
  void dockerTypesHaveUpstreamsBytes() throws Exception {
    var options = options(ImageOptions.Kind.IMAGE, Map.of("oci-mediatypes", "false"));
    var image = assembly(options).write(List.of(image(OptionalLong.empty())), false);
    assertThat(image.root().digest().hex())
        .isEqualTo("3a58ad119f0dae830e39299dd9d94100e3a764665fba8810f9a873d3ac716aec");
  }

  @Test
  void imageOfOneFileHasUpstreamsBytes() throws Exception {
    var epoch = OptionalLong.of(1700000000);
    var written =
        assembly(options(ImageOptions.Kind.OCI, Map.of()))
            .write(List.of(image(epoch, layer("mkfile /z", "z", ""))), false);
    assertThat(written.config().orElseThrow().digest().hex()).startsWith("f2fd56efafc1ab31a6f696");
    assertThat(hash(archive(written.created(epoch, 0), "", false)))
        .isEqualTo("37716c7fb0c88046c8bfc45d7c97be4be8a4e167fda4570555a3803e1fdef834");
    assertThat(steps)
        .containsExactly(
            "exporting manifest " + written.root().digest(),
            "exporting config " + written.config().orElseThrow().digest());
  }

  @Test
  void mapResultHasUpstreamsIndex() throws Exception {
    var epoch = OptionalLong.of(1700000000);
    var options = options(ImageOptions.Kind.OCI, Map.of("annotation-index.a", "b"));
    var written =
        assembly(options)
            .write(
                List.of(
                    image(
                        epoch,
                        layer("mkfile /hello.txt", "hello.txt", "hello"),
                        layer("mkfile /m", "m", "mm"))),
                true);
    assertThat(written.root().digest().hex()).startsWith("67538b06f570087838f98aa5003ec594873e");
    assertThat(hash(archive(written.created(epoch, 0), "", false)))
        .isEqualTo("f5727963b6581cea54c341961502256b8e5cc82711e04cf4ff6b27e493ad1365");
  }

  @Test
  void rewrittenLayerHasUpstreamsDigest() throws Exception {
    var options =
        options(
            ImageOptions.Kind.OCI,
            Map.of("rewrite-timestamp", "true", "compression", "uncompressed"));
    var written =
        assembly(options)
            .write(List.of(image(OptionalLong.of(1500000000), layer("x", "z", ""))), false);
    assertThat(written.layers().getFirst().digest().hex())
        .isEqualTo("dc8a13ff0c628d50e40c67e9af3d89066042a9618373308bbc6aff4daa1ec7ac");
    assertThat(written.layers().getFirst().annotations())
        .containsExactly(Map.entry("buildkit/rewritten-timestamp", "1500000000"));
    assertThat(steps.getFirst())
        .isEqualTo(
            "rewriting layers with source-date-epoch 1500000000 (2017-07-14 02:40:00 +0000 UTC)");
  }

  @Test
  void unusualConfigIsKeptAsUpstreamKeepsIt() {
    var config =
        """
        {"os":"linux","architecture":"amd64","zeta": { "b": 1.50, "a": [1e3, -0, 0.1e-7],
         "html": "<&> /\\/ \\u00e9 \\ud800" , "e": {} , "l": [ ] },
         "Config":1,"created":"2020-01-01T00:00:00.120000000+02:00",
         "history":[{"created_by":"one","author":"me","bogus":1},
          {"created":"2021-05-05T05:05:05.5Z","empty_layer":true},
          {"created":"2022-05-05T05:05:05+03:00","created_by":"x","empty_layer":true},{}]}\
        """;
    var layer =
        new ImageLayer(
            new Descriptor(MediaType.OCI_LAYER, Digest.sha256("a"), 1),
            Digest.sha256("a"),
            "",
            Optional.of(CREATED));
    var assembled =
        ConfigDocument.assemble(
            config.getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            List.of(layer),
            OptionalLong.of(1609459200),
            Optional.empty());
    assertThat(new String(assembled, StandardCharsets.UTF_8))
        .startsWith("{\"Config\":1,\"architecture\":")
        .contains("\"created\":\"2020-01-01T00:00:00.120000000+02:00\"")
        .contains(
            "\"history\":[{\"created\":\"2021-01-01T00:00:00Z\",\"created_by\":\"one\","
                + "\"author\":\"me\"},{\"created\":\"2021-01-01T00:00:00Z\",\"empty_layer\":true}")
        .endsWith(
            "\"zeta\":{\"b\":1.50,\"a\":[1e3,-0,0.1e-7],\"html\":\"\\u003c\\u0026\\u003e /\\/"
                + " \\u00e9 \\ud800\",\"e\":{},\"l\":[]}}");
  }

  @Test
  void configWithoutPlatformIsRefused() {
    assertThatThrownBy(() ->
            ConfigDocument.assemble(
                "{}".getBytes(StandardCharsets.UTF_8),
                Optional.empty(),
                List.of(),
                OptionalLong.empty(),
                Optional.empty()))
        .hasMessage("invalid image config for export: missing os");
  }

  @Test
  void badAttributesAreRefusedInUpstreamsWords() {
    assertThatThrownBy(() -> options(ImageOptions.Kind.IMAGE, Map.of("source-date-epoch", "x")))
        .hasMessage(
            "invalid source-date-epoch: strconv.ParseInt: parsing \"x\": invalid syntax:"
                + " strconv.ParseInt: parsing \"x\": invalid syntax");
    assertThatThrownBy(() -> options(ImageOptions.Kind.OCI, Map.of("annotation-foo.a", "b")))
        .hasMessage("unrecognized annotation type foo");
    assertThat(options(ImageOptions.Kind.OCI, Map.of("unknown", "kept")).metadata())
        .containsEntry("unknown", "kept");
  }

  @Test
  void attestationsMakeAnIndex() throws Exception {
    var attestation =
        ResultAttestation.made(
            "https://ex.com/p", Map.of(), "p", () -> "{}".getBytes(StandardCharsets.UTF_8));
    var plain = image(OptionalLong.empty());
    var attested =
        new PlatformImage(
            AMD64,
            List.of(),
            plain.config(),
            plain.baseConfig(),
            plain.epoch(),
            plain.inlineCache(),
            new ImageStatements(List.of(attestation), "", ""));
    var written =
        assembly(options(ImageOptions.Kind.IMAGE, Map.of())).write(List.of(attested), false);
    assertThat(written.isIndex()).isTrue();
    var index =
        org.jbuildkit.oci.ImageIndex.parse(
            store.open(written.root().digest()).orElseThrow().readAllBytes());
    assertThat(index.manifests()).hasSize(2);
    assertThat(index.manifests().getLast().annotations())
        .containsEntry("vnd.docker.reference.type", "attestation-manifest");
  }
}
