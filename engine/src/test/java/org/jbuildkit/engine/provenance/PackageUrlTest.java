package org.jbuildkit.engine.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackageUrlTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "alpine:3.17,linux/amd64,pkg:docker/alpine@3.17?platform=linux%2Famd64",
    "docker.io/user/img,linux/arm/v7,pkg:docker/user/img@latest?platform=linux%2Farm%2Fv7",
    "localhost:5000/a/b:1,,pkg:docker/localhost%3A5000/a/b@1",
    "alpine@DIGEST,linux/amd64,pkg:docker/alpine?digest=DIGEST&platform=linux%2Famd64",
    "alpine:3@DIGEST,,pkg:docker/alpine@3?digest=DIGEST",
  })
  void imagesAreNamedAsPeersNameThem(String reference, String platform, String url) {
    var parsed = Optional.ofNullable(platform).map(Platform::parse);
    assertThat(PackageUrl.ofImage("docker", reference.replace("DIGEST", DIGEST), parsed))
        .isEqualTo(url.replace("DIGEST", DIGEST));
  }

  @Test
  void blobsAreMarked() {
    assertThat(PackageUrl.ofBlob("oci", "store/x@" + DIGEST))
        .isEqualTo("pkg:oci/store/x?digest=" + DIGEST + "&ref_type=blob");
  }
}
