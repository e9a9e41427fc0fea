package org.jbuildkit.exporters.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.provenance.PackageUrl;
import org.jbuildkit.oci.Platform;

/** In-toto statements about images. */
public final class ImageStatement {
  private static final String TYPE = "https://in-toto.io/Statement/v1";

  private ImageStatement() {}

  /**
   * What is stated of an image.
   *
   * @param names of the image, each a subject of the statement; empty ones are left out
   * @throws BuildException for names that are none, and for predicates that are no JSON
   */
  public static Attestation of(ResultAttestation stated, List<String> names, Platform platform)
      throws IOException, InterruptedException {
    var urls = new ArrayList<String>();
    for (var name : names) {
      if (!name.isEmpty()) {
        urls.add(PackageUrl.ofImage("docker", name, Optional.of(platform)));
      }
    }
    var predicate = compact(stated.content().predicate());
    return new Attestation(
        stated.predicateType(),
        stated.isInlineOnly(),
        image -> document(stated.predicateType(), urls, image, predicate));
  }

  private static String compact(byte[] predicate) {
    try {
      return RawJson.compact(new String(predicate, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to marshal attestation", e);
    }
  }

  private static byte[] document(
      String predicateType, List<String> urls, Digest image, String predicate) {
    var subjects = new ArrayList<Json>();
    for (var url : urls) {
      var digest = Json.object().put(image.algorithm(), image.hex()).build();
      subjects.add(Json.object().put("name", url).put("digest", digest).build());
    }
    var head =
        Json.object()
            .put("_type", TYPE)
            .put("predicateType", predicateType)
            .put("subject", new Json.Arr(subjects))
            .build()
            .write();
    // The predicate keeps its own spelling.
    var text = head.substring(0, head.length() - 1) + ",\"predicate\":" + predicate + "}";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
