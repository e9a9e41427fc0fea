package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.LinkedHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.gateway.Build;

/** A solved request that ends its frontend's work at once, as early frontends do. */
final class FinalResult {
  private FinalResult() {}

  /**
   * @param attributes a JSON object of texts in Base64, more metadata of the result
   */
  static Build.Returned of(Build.Returned solved, ByteString attributes) {
    var metadata = new LinkedHashMap<String, byte[]>();
    try {
      Json.parseObject(attributes.toByteArray())
          .members()
          .forEach((key, value) -> {
            if (!(value instanceof Json.Str(String text))) {
              throw new IllegalArgumentException("not a text: " + key);
            }
            metadata.put(key, Base64.getDecoder().decode(text));
          });
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse exporter attributes", e);
    }
    metadata.putAll(solved.metadata());
    return new Build.Returned(
        solved.single(), solved.byPlatform(), metadata, solved.attestations());
  }
}
