package org.jbuildkit.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.oci.layer.LayerApplier;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.oci.registry.RegistryHosts;
import org.jbuildkit.session.SessionCredentials;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.FileContentStore;
import org.jbuildkit.store.LayerUnpacker;
import org.jbuildkit.store.LazyLayer;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.Room;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image of a registry becomes, and what a registry gone wrong does to a build. */
class RegistrySourceTest {
  private static final Platform AMD64 = new Platform("linux", "amd64", "", "", List.of());

  @TempDir Path folder;
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final SessionRegistry sessions = new SessionRegistry();
  private TestImage image;
  private Database database;
  private FileContentStore content;
  private RefStore refs;
  private RegistryClient client;
  private RegistrySource source;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    image = new TestImage();
    database = Database.open(folder.resolve("meta.db"));
    content = FileContentStore.open(folder.resolve("content"));
    refs =
        RefStore.open(
            folder,
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            new Unpacker(content),
            database,
            Clock.systemUTC());
    var settings = new RegistryClient.Settings(RegistryHosts.standard(), "test", 4, Map.of());
    client = new RegistryClient(settings, _ -> {}, Clock.systemUTC());
    var stores = new ImageStores(refs, content, new BlobOrigins(database), Clock.systemUTC());
    source = new RegistrySource(client, sessions, SessionCredentials.Salt.random(), stores);
  }

  @AfterEach
  void close() {
    if (image != null) {
      client.close();
      database.close();
      image.close();
    }
    sessions.close();
  }

  private record Unpacker(FileContentStore content) implements LayerUnpacker {
    @Override
    public void unpack(LazyLayer layer, Path directory, boolean isLowest, Room room)
        throws IOException, InterruptedException {
      layer.provider().fetch(layer.descriptor(), content);
      layer.provider().unpacking(layer.descriptor(), () -> apply(layer, directory, isLowest));
    }

    private void apply(LazyLayer layer, Path directory, boolean isLowest)
        throws IOException, InterruptedException {
      try (var blob = content.open(layer.descriptor().digest()).orElseThrow();
          var target = Dir.open(directory)) {
        LayerApplier.apply(target, isLowest ? Optional.empty() : Optional.of(target), blob);
      }
    }
  }

  private final OpContext<Job> context =
      new OpContext<>() {
        @Override
        public List<Job> participants() {
          return List.of();
        }

        @Override
        public VertexReport report() {
          return new VertexReport() {
            @Override
            public void log(int stream, byte[] data) {
              told.add(new String(data, StandardCharsets.UTF_8).trim());
            }

            @Override
            public void status(Status status) {
              if (status.completed().isPresent()) {
                told.add(status.id() + " " + status.current() + "/" + status.total());
              }
            }
          };
        }
      };

  private Source.Instance instance(String object, String... attributes) {
    var all = new java.util.HashMap<String, String>();
    for (int i = 0; i < attributes.length; i += 2) {
      all.put(attributes[i], attributes[i + 1]);
    }
    return source.open(
        new Source.Request("docker-image", image.host() + "/image" + object, all, AMD64));
  }

  @Test
  void keysAreThoseOfTheDigestAndOfTheLayers() throws Exception {
    var instance = instance(":v1");
    var json = "{\"Digest\":\"%s\",\"OS\":\"linux\",\"Arch\":\"amd64\"}".formatted(image.digest());
    assertThat(instance.key(0, context))
        .isEqualTo(new Source.Key(Digest.sha256(json).toString(), false));
    var both = image.layers().get(0).digest() + " " + image.layers().get(1).digest();
    assertThat(instance.key(1, context))
        .isEqualTo(new Source.Key(Digest.sha256(both).toString(), true));
  }

  @Test
  void layersComeWhenTheirFilesAreWanted() throws Exception {
    var instance = instance(":v1");
    var _ = instance.key(0, context);
    try (var tree = instance.fetch(context).orElseThrow()) {
      assertThat(image.asked()).noneMatch(line -> line.contains(layerPath(0)));
      assertThat(told).containsExactly("resolve " + image.host() + "/image:v1 0/0");
      try (var mounted = tree.mount()) {
        assertThat(mounted.path().resolve("a")).hasContent("one");
        assertThat(mounted.path().resolve("b")).hasContent("two");
      }
    }
    for (var layer : image.layers()) {
      assertThat(told).contains(layer.digest() + " 2048/2048");
      assertThat(told).contains("extracting " + layer.digest() + " 0/0");
    }
  }

  private String layerPath(int index) {
    return image.blobPath(image.layers().get(index));
  }

  @Test
  void layersAreFetchedOnceForAllThatPullThem() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (var tree = instance(":v1").fetch(context).orElseThrow();
          var mounted = tree.mount()) {
        assertThat(mounted.path().resolve("b")).hasContent("two");
      }
    }
    assertThat(image.asked()).filteredOn(("GET " + layerPath(0))::equals).hasSize(1);
  }

  @Test
  void whatADigestNamesIsNotAskedForAgain() throws Exception {
    var _ = instance(":v1").image(context);
    int before = image.asked().size();
    var known = instance(":v1@" + image.digest()).image(context).orElseThrow();
    assertThat(known.digest()).isEqualTo(image.digest());
    assertThat(image.asked()).hasSize(before);
  }

  /** CVE-2026-53488: an image's config is data, kept byte for byte. */
  @Test
  void aConfigIsKeptAsItIs() throws Exception {
    var found = instance(":v1").image(context).orElseThrow();
    assertThat(found.config()).isEqualTo(image.config());
    try (var stored = content.open(Digest.sha256(image.config())).orElseThrow()) {
      assertThat(stored.readAllBytes()).isEqualTo(image.config());
    }
  }

  @Test
  void aLimitTakesTheLowestLayers() throws Exception {
    var instance = instance(":v1", "image.layerlimit", "1");
    assertThat(instance.key(1, context).text())
        .isEqualTo(image.layers().getFirst().digest().toString());
    try (var tree = instance.fetch(context).orElseThrow();
        var mounted = tree.mount()) {
      assertThat(mounted.path().resolve("a")).exists();
      assertThat(mounted.path().resolve("b")).doesNotExist();
    }
    assertThatThrownBy(() -> instance(":v1", "image.layerlimit", "3").fetch(context))
        .hasMessage("layer limit 3 is greater than the number of layers in the image 2");
  }

  @Test
  void theTopLayerHasTheRecordTypeAskedFor() throws Exception {
    try (var tree = instance(":v1", "image.recordtype", "internal").fetch(context).orElseThrow()) {
      tree.unlazy();
      assertThat(refs.usage())
          .filteredOn(one -> one.id().equals(tree.id()))
          .singleElement()
          .satisfies(one -> assertThat(one.type()).isEqualTo(RecordType.INTERNAL));
    }
  }

  @Test
  void anImageOtherThanExpectedIsRefused() throws Exception {
    var other = Digest.sha256("other");
    assertThatThrownBy(() -> instance(":v1", "image.checksum", other.toString()).key(0, context))
        .hasMessage(
            "image digest %s for %s/image:v1 does not match expected checksum %s"
                .formatted(image.digest(), image.host(), other));
    var right = instance(":v1", "image.checksum", image.digest().toString());
    assertThat(right.key(0, context).isLast()).isFalse();
  }

  @Test
  void attributesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> instance(":v1", "image.checksum", "x"))
        .hasMessage("invalid image checksum x: invalid checksum digest format");
    assertThatThrownBy(() -> instance(":v1", "image.resolvemode", "x"))
        .hasMessage("invalid resolvemode: x");
    assertThatThrownBy(() -> instance(":v1", "image.recordtype", "x"))
        .hasMessage("invalid record type x");
    assertThatThrownBy(() -> instance(":v1", "image.layerlimit", "0"))
        .hasMessage("invalid layer limit 0");
    assertThatThrownBy(() -> instance(":v1", "image.layerlimit", "a"))
        .hasMessage("invalid layer limit a: strconv.Atoi: parsing \"a\": invalid syntax");
  }

  @Test
  void aReferenceHasToBeComplete() {
    assertThatThrownBy(() -> RegistrySource.reference("busybox")).hasMessage("object required");
    assertThatThrownBy(() -> RegistrySource.reference("busybox:latest"))
        .hasMessage("parse \"dummy://busybox:latest\": invalid port \":latest\" after host");
    assertThatThrownBy(() -> RegistrySource.reference("/a:b")).hasMessage("hostname required");
    assertThatThrownBy(() -> RegistrySource.reference("docker-image://a.b/c:d"))
        .hasMessage("invalid reference");
    assertThatThrownBy(() -> RegistrySource.reference("a.b/../c:d"))
        .isInstanceOf(BuildException.class);
    assertThat(RegistrySource.reference("docker.io/library/busybox:1"))
        .hasToString("docker.io/library/busybox:1");
  }

  @Test
  void aManifestWithOtherBytesIsRefused() {
    image.spoil("/v2/image/manifests/" + image.digest());
    assertThatThrownBy(() -> instance(":v1").key(0, context))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(image.digest().toString());
  }

  @Test
  void aLayerWithOtherBytesIsRefusedAndNotKept() throws Exception {
    image.spoil(layerPath(1));
    try (var tree = instance(":v1").fetch(context).orElseThrow()) {
      assertThatThrownBy(tree::mount).hasMessageContaining(image.layers().get(1).digest().hex());
    }
    assertThat(content.size(image.layers().get(1).digest())).isEmpty();
  }

  @Test
  void aLayerThatIsGoneIsToldByDigest() throws Exception {
    image.fail(layerPath(0), 404);
    try (var tree = instance(":v1").fetch(context).orElseThrow()) {
      assertThatThrownBy(tree::mount)
          .hasMessageContaining(
              "could not fetch content descriptor " + image.layers().get(0).digest());
    }
  }

  @Test
  void aServerInTroubleIsGivenTimeAndUsersAreTold() throws Exception {
    image.fail(layerPath(0), 500);
    try (var tree = instance(":v1").fetch(context).orElseThrow()) {
      assertThatThrownBy(tree::mount).hasMessageContaining("500 Internal Server Error");
    }
    assertThat(told)
        .filteredOn(line -> line.startsWith("retrying"))
        .containsExactly("retrying in 1s", "retrying in 2s", "retrying in 4s");
    assertThat(image.asked()).filteredOn(("GET " + layerPath(0))::equals).hasSize(8);
  }

  private Source.Instance blob(String... attributes) {
    var all = new java.util.HashMap<String, String>();
    for (int i = 0; i < attributes.length; i += 2) {
      all.put(attributes[i], attributes[i + 1]);
    }
    var blobs =
        new ImageBlobSource(
            new BlobOrigin(client, sessions, SessionCredentials.Salt.random()), refs);
    var identifier = image.host() + "/image@" + image.layers().getFirst().digest();
    return blobs.open(new Source.Request("docker-image+blob", identifier, all, AMD64));
  }

  @Test
  void aBlobIsOneFile() throws Exception {
    var digest = image.layers().getFirst().digest();
    try (var tree = blob().fetch(context).orElseThrow();
        var mounted = tree.mount()) {
      var file = mounted.path().resolve(digest.hex());
      assertThat(java.nio.file.Files.size(file)).isEqualTo(2048);
      assertThat(java.nio.file.Files.getLastModifiedTime(file).toMillis()).isZero();
    }
    var renamed =
        blob(
            "http.filename", "../../x/name", "http.perm", "0644", "http.uid", "5", "http.gid", "6");
    var json =
        "{\"Digest\":\"%s\",\"Filename\":\"../../x/name\",\"Perm\":420,\"UID\":5,\"GID\":6}"
            .formatted(digest);
    assertThat(renamed.key(0, context))
        .isEqualTo(new Source.Key(Digest.sha256(json).toString(), true));
    try (var tree = renamed.fetch(context).orElseThrow();
        var mounted = tree.mount();
        var root = mounted.open()) {
      var stat = root.stat(org.jbuildkit.base.ByteName.ofText("name"));
      assertThat(stat.mode()).isEqualTo(0644);
      assertThat(stat.uid()).isEqualTo(5);
      assertThat(stat.gid()).isEqualTo(6);
    }
  }

  @Test
  void aBlobWithOtherBytesIsRefused() {
    image.spoil(layerPath(0));
    assertThatThrownBy(() -> blob().fetch(context))
        .hasMessageContaining(image.layers().getFirst().digest().hex());
  }
}
