package org.jbuildkit.session;

import io.grpc.Metadata;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.keys.MetadataKeys;

/** Lists of texts in metadata: where one is not ASCII, all of its key are URL-escaped. */
public final class HeaderText {
  private HeaderText() {}

  public static void put(Metadata headers, String key, List<String> values) {
    boolean escape = values.stream().anyMatch(v -> v.chars().anyMatch(c -> c > 0x7e));
    if (escape) {
      headers.put(CallHeaders.key(key + MetadataKeys.ENCODED_SUFFIX), "1");
    }
    for (var value : values) {
      headers.put(
          CallHeaders.key(key), escape ? URLEncoder.encode(value, StandardCharsets.UTF_8) : value);
    }
  }

  public static List<String> get(Metadata headers, String key) {
    var values = CallHeaders.all(headers, key);
    if (CallHeaders.first(headers, key + MetadataKeys.ENCODED_SUFFIX).isEmpty()) {
      return values;
    }
    try {
      return values.stream().map(v -> URLDecoder.decode(v, StandardCharsets.UTF_8)).toList();
    } catch (IllegalArgumentException e) {
      throw new BuildException(ErrorCode.INVALID_ARGUMENT, "invalid value of " + key, e);
    }
  }
}
