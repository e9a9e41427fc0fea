package org.jbuildkit.exporters.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Platform;

/**
 * A platform of a result and the key under which the result has it.
 *
 * @param id as the frontend spelled it
 */
public record ResultPlatform(String id, Platform platform) {

  /**
   * The platforms of a result, in order.
   *
   * @param listed the metadata {@code refs.platforms}
   * @param config the metadata {@code containerimage.config}, which decides where none are listed
   */
  public static List<ResultPlatform> of(Optional<byte[]> listed, Optional<byte[]> config) {
    return listed.isPresent() ? parse(listed.get()) : List.of(implicit(config));
  }

  private static ResultPlatform implicit(Optional<byte[]> config) {
    var platform = Platform.host();
    if (config.isPresent() && config.get().length > 0) {
      var json = ConfigDocument.parse(config.get());
      var stated = Platform.fromJson(json);
      if (stated.os().isEmpty() != stated.architecture().isEmpty()) {
        throw BuildException.failed(
            "invalid image config: os and architecture must be specified together");
      }
      platform = stated.os().isEmpty() ? platform : stated.normalized();
    }
    return new ResultPlatform(platform.formatAll(), platform);
  }

  private static List<ResultPlatform> parse(byte[] listed) {
    Json.Obj json;
    try {
      json = Json.parseObject(listed);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse platforms passed to exporter", e);
    }
    var platforms = new ArrayList<ResultPlatform>();
    for (var element : json.array("Platforms")) {
      if (element instanceof Json.Obj one) {
        platforms.add(parse(one));
      }
    }
    if (platforms.isEmpty()) {
      throw BuildException.failed("invalid empty platforms index for exporter");
    }
    return platforms;
  }

  private static ResultPlatform parse(Json.Obj json) {
    var platform = Platform.fromJson(json.object("Platform"));
    if (json.text("ID").isEmpty()) {
      throw BuildException.failed("invalid empty platform key for exporter");
    }
    if (platform.os().isEmpty() || platform.architecture().isEmpty()) {
      throw BuildException.failed("invalid platform value %s for exporter".formatted(platform));
    }
    return new ResultPlatform(json.text("ID"), platform.normalized());
  }
}
