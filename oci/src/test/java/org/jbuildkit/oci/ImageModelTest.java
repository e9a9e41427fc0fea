package org.jbuildkit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.junit.jupiter.api.Test;

class ImageModelTest {
  private static final String HEX =
      "471a1b8817eefb6569017c1a76f288e0d4e5c8476eb199485c469d0b033168bf";

  @Test
  void manifestOfEmptyImageHasUpstreamsDigest() {
    var config = new Descriptor(MediaType.OCI_CONFIG, new Digest("sha256", HEX), 214);
    var manifest =
        new Manifest(MediaType.OCI_MANIFEST, config, List.of(), new LinkedHashMap<>()).bytes();
    assertThat(manifest).hasSize(288);
    assertThat(Digest.sha256(manifest).hex())
        .isEqualTo("6cddc7c291e3d05059404a670e53a4e87166bd3f22ea50b9ae60f9d0c4423775");
  }

  @Test
  void documentReadableAsManifestAndIndexIsRefused() {
    var both =
        "{\"mediaType\":\"%s\",\"manifests\":[],\"layers\":[]}"
            .formatted(MediaType.OCI_INDEX)
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Documents.isIndex(both, "")).isInstanceOf(BuildException.class);
    assertThatThrownBy(() -> ImageIndex.parse(both)).isInstanceOf(BuildException.class);
    assertThatThrownBy(() -> Manifest.parse(both)).isInstanceOf(BuildException.class);
  }

  @Test
  void documentThatContradictsItsMediaTypeIsRefused() {
    var index = "{\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);
    assertThat(Documents.isIndex(index, "")).isTrue();
    assertThatThrownBy(() -> Documents.isIndex(index, MediaType.OCI_MANIFEST))
        .isInstanceOf(BuildException.class);
  }

  @Test
  void familiarReferencesAreCompleted() {
    var busybox = ImageReference.parse("busybox");
    assertThat(busybox.withDefaultTag()).hasToString("docker.io/library/busybox:latest");
    assertThat(busybox.withDefaultTag().familiar()).isEqualTo("busybox:latest");
    assertThat(ImageReference.parse("localhost:5000/a/b:c"))
        .hasToString("localhost:5000/a/b:c")
        .extracting(ImageReference::domain)
        .isEqualTo("localhost:5000");
    assertThat(ImageReference.parse("a/b@sha256:" + HEX).withDefaultTag())
        .hasToString("docker.io/a/b@sha256:" + HEX);
  }

  @Test
  void badReferencesAreRefusedInDockersWords() {
    assertThatThrownBy(() -> ImageReference.parse("*")).hasMessage("invalid reference format");
    assertThatThrownBy(() -> ImageReference.parse("a/B"))
        .hasMessage("invalid reference format: repository name (a/B) must be lowercase");
    assertThatThrownBy(() -> ImageReference.parse("")).hasMessage("invalid reference format");
    assertThat(ImageReference.tryParse("a".repeat(2000))).isEmpty();
  }

  @Test
  void platformsAreNormalisedAndFormatted() {
    assertThat(Platform.parse("linux/arm64/v8").format()).isEqualTo("linux/arm64");
    assertThat(Platform.parse("linux/arm").format()).isEqualTo("linux/arm/v7");
    assertThat(Platform.parse("windows(10.0.1+win32k)/amd64").formatAll())
        .isEqualTo("windows(10.0.1+win32k)/amd64");
    assertThatThrownBy(() -> Platform.parse("bad/"))
        .hasMessage(
            "\"\" is an invalid component of \"bad/\": platform specifier component must match"
                + " \"^[A-Za-z0-9_.-]+$\": invalid argument");
  }

  @Test
  void bestPlatformIsTheNearestThatRuns() {
    var offered = List.of("linux/386", "linux/amd64", "linux/arm64").stream();
    var best =
        PlatformMatcher.only(Platform.parse("linux/amd64/v3"))
            .best(offered.map(Platform::parse).toList(), Optional::of);
    assertThat(best).map(Platform::format).hasValue("linux/amd64");
  }
}
