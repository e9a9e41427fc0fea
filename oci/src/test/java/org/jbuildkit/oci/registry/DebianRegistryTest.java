package org.jbuildkit.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.registry.RegistryClient.Purpose;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a registry that people use. */
class DebianRegistryTest {
  private static final Credentials USER = Credentials.of(new Credentials.Login("user", "secret"));

  @TempDir Path folder;
  private final RegistryClient client =
      new RegistryClient(
          new RegistryClient.Settings(RegistryHosts.standard(), "buildkit/v0.32", 4, Map.of()),
          Thread::sleep,
          Clock.systemUTC());

  @AfterEach
  void close() {
    client.close();
  }

  private static byte[] random(int size) {
    var bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private record Blob(Descriptor descriptor, byte[] bytes, List<String> elsewhere)
      implements BlobUpload {
    @Override
    public void prepare() {}

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }

  private static void pushImage(Repository repository, Optional<String> tag) throws Exception {
    var layer = random(3 << 20);
    var config = "{}".getBytes(StandardCharsets.UTF_8);
    var layerBlob = Descriptor.of(MediaType.OCI_LAYER, layer);
    var configBlob = Descriptor.of(MediaType.OCI_CONFIG, config);
    repository.push(new Blob(layerBlob, layer, List.of()));
    repository.push(new Blob(configBlob, config, List.of()));
    var manifest =
        new Manifest(
            MediaType.OCI_MANIFEST,
            configBlob,
            List.of(layerBlob),
            new java.util.LinkedHashMap<>());
    repository.pushDocument(MediaType.OCI_MANIFEST, manifest.bytes(), tag);
  }

  @Test
  void whatIsPushedIsPulledAgain() throws Exception {
    try (var registry = DebianRegistry.start(folder, false)) {
      var name = ImageReference.parse(registry.authority() + "/some/image:v1");
      pushImage(client.repository(name, Credentials.anonymous(), Purpose.PUSH), Optional.of("v1"));
      var pulling = client.repository(name, Credentials.anonymous(), Purpose.PULL);
      var root = pulling.resolve(name);
      assertThat(root.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
      var manifest = Manifest.parse(pulling.document(root));
      try (var in = pulling.open(manifest.layers().getFirst())) {
        assertThat(in.readAllBytes()).isEqualTo(random(3 << 20));
      }
      assertThat(pulling.resolve(name.withDigest(root.digest())).digest()).isEqualTo(root.digest());
    }
  }

  @Test
  void aBlobOfAnotherRepositoryIsMountedUnsent() throws Exception {
    try (var registry = DebianRegistry.start(folder, false)) {
      var first = ImageReference.parse(registry.authority() + "/some/image:v1");
      pushImage(client.repository(first, Credentials.anonymous(), Purpose.PUSH), Optional.of("v1"));
      var other = ImageReference.parse(registry.authority() + "/other/image");
      var layer = Descriptor.of(MediaType.OCI_LAYER, random(3 << 20));
      client
          .repository(other, Credentials.anonymous(), Purpose.PUSH)
          .push(new Blob(layer, new byte[0], List.of("some/image")));
      try (var in = client.repository(other, Credentials.anonymous(), Purpose.PULL).open(layer)) {
        assertThat(in.readAllBytes()).hasSize(3 << 20);
      }
    }
  }

  @Test
  void aRegistryThatAsksNamesTakesTheRightOneOnly() throws Exception {
    try (var registry = DebianRegistry.start(folder, true)) {
      var name = ImageReference.parse(registry.authority() + "/some/image:v1");
      pushImage(client.repository(name, USER, Purpose.PUSH), Optional.of("v1"));
      assertThat(client.repository(name, USER, Purpose.PULL).resolve(name).size()).isPositive();
      assertThatThrownBy(
              () -> client.repository(name, Credentials.anonymous(), Purpose.PULL).resolve(name))
          .hasMessageContaining("401 Unauthorized");
    }
  }

  @Test
  void anInsecureRegistryMayLackTls() throws Exception {
    try (var registry = DebianRegistry.start(folder, false)) {
      var name = ImageReference.parse(registry.authority() + "/some/image:v1");
      pushImage(
          client.insecureRepository(name, Credentials.anonymous(), Purpose.PUSH), Optional.empty());
      assertThatThrownBy(() ->
              client.insecureRepository(name, Credentials.anonymous(), Purpose.PULL).resolve(name))
          .hasMessage(name + ": not found");
    }
  }

  private void resolve(DebianRegistry registry, boolean isInsecure, List<Path> authorities)
      throws Exception {
    var own =
        new RegistrySettings(
            List.of(), Optional.of(false), isInsecure, authorities, List.of(), List.of());
    var settings =
        new RegistryClient.Settings(
            RegistryHosts.configured(Map.of(registry.authority(), own)), "test", 4, Map.of());
    try (var other = new RegistryClient(settings, Thread::sleep, Clock.systemUTC())) {
      var name = ImageReference.parse(registry.authority() + "/some/image:v1");
      var _ = other.repository(name, Credentials.anonymous(), Purpose.PULL).resolve(name);
    }
  }

  @Test
  void aCertificateIsBelievedWhereItsAuthorityIs() throws Exception {
    try (var registry = DebianRegistry.startWithTls(folder)) {
      assertThatThrownBy(() -> resolve(registry, false, List.of()))
          .hasMessageEndingWith(
              "tls: failed to verify certificate: x509: certificate signed by unknown authority");
      assertThatThrownBy(() -> resolve(registry, false, List.of(folder.resolve("tls.crt"))))
          .hasMessageEndingWith(": not found");
      assertThatThrownBy(() -> resolve(registry, true, List.of()))
          .hasMessageEndingWith(": not found");
    }
  }
}
