package org.jbuildkit.frontend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.worker.WorkerRecord;

/**
 * What a frontend is told before it begins: in its environment, or by the client that runs it.
 *
 * @param options as the user gave them
 * @param platform the first one of the first worker, if the daemon tells
 */
public record RunSettings(
    SequencedMap<String, String> options, String sessionId, Optional<Platform> platform) {
  private static final String OPTION = "BUILDKIT_FRONTEND_OPT_";

  public RunSettings {
    options = new LinkedHashMap<>(options);
  }

  /**
   * @throws BuildException for values that make no sense
   */
  public static RunSettings of(Map<String, String> environment) {
    var options = new LinkedHashMap<String, String>();
    environment.forEach((name, value) -> {
      int equals = value.indexOf('=');
      if (name.startsWith(OPTION) && equals >= 0) {
        options.put(value.substring(0, equals), value.substring(equals + 1));
      }
    });
    return new RunSettings(
        options,
        environment.getOrDefault("BUILDKIT_SESSION_ID", ""),
        platform(environment.getOrDefault("BUILDKIT_WORKERS", "")));
  }

  /**
   * For a frontend that a client runs itself.
   *
   * @param workers of the daemon, the default one first
   */
  public static RunSettings of(
      SequencedMap<String, String> options, String sessionId, List<WorkerRecord> workers) {
    var platform =
        workers.stream()
            .limit(1)
            .flatMap(worker -> worker.getPlatformsList().stream())
            .findFirst()
            .map(Ops::platform);
    return new RunSettings(options, sessionId, platform);
  }

  private static Optional<Platform> platform(String workers) {
    if (workers.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (Json.parse(workers.getBytes(UTF_8)) instanceof Json.Arr list
          && !list.elements().isEmpty()
          && list.elements().getFirst() instanceof Json.Obj worker
          && !worker.array("platforms").isEmpty()
          && worker.array("platforms").getFirst() instanceof Json.Obj platform) {
        return Optional.of(Platform.fromJson(platform).normalized());
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse BUILDKIT_WORKERS", e);
    }
  }
}
