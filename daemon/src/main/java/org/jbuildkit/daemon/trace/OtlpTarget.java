package org.jbuildkit.daemon.trace;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;

/**
 * Where spans are handed on to, as the environment says with OpenTelemetry's variables.
 *
 * @param endpoint for HTTP the whole address, else scheme and authority
 * @param isHttp whether spans are posted; else they are sent by gRPC
 */
record OtlpTarget(URI endpoint, boolean isHttp, SequencedMap<String, String> headers) {
  private static final String PREFIX = "OTEL_EXPORTER_OTLP_";
  private static final String TRACES = PREFIX + "TRACES_";

  /**
   * @return nothing if nobody collects spans
   * @throws BuildException for exporters and protocols that there are not
   */
  static Optional<OtlpTarget> of(Map<String, String> environment) {
    try {
      return read(environment);
    } catch (BuildException | IllegalArgumentException e) {
      if (List.of("1", "t", "T", "TRUE", "true", "True")
          .contains(environment.getOrDefault("OTEL_IGNORE_ERROR", ""))) {
        return Optional.empty();
      }
      throw e instanceof BuildException known
          ? known
          : BuildException.failed("invalid OTLP endpoint", e);
    }
  }

  private static Optional<OtlpTarget> read(Map<String, String> environment) {
    var name = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
    if (!List.of("", "otlp", "none").contains(name)) {
      throw BuildException.invalid("unsupported opentelemetry exporter " + name);
    }
    boolean isWanted =
        name.equals("otlp")
            || environment.containsKey(PREFIX + "ENDPOINT")
            || environment.containsKey(TRACES + "ENDPOINT");
    if (name.equals("none") || !isWanted) {
      return Optional.empty();
    }
    var protocol = value(environment, "PROTOCOL").orElse("grpc");
    if (!List.of("grpc", "http/protobuf").contains(protocol)) {
      throw BuildException.invalid("unsupported otlp protocol " + protocol);
    }
    boolean isHttp = protocol.equals("http/protobuf");
    return Optional.of(
        new OtlpTarget(
            isHttp ? postAddress(environment) : grpcAddress(environment),
            isHttp,
            headers(value(environment, "HEADERS").orElse(""))));
  }

  /** The variable for traces, or else the one for everything. */
  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(TRACES + name))
        .or(() -> Optional.ofNullable(environment.get(PREFIX + name)))
        .filter(text -> !text.isEmpty());
  }

  private static URI postAddress(Map<String, String> environment) {
    var own = environment.getOrDefault(TRACES + "ENDPOINT", "");
    if (!own.isEmpty()) {
      return URI.create(own);
    }
    var base = environment.getOrDefault(PREFIX + "ENDPOINT", "http://localhost:4318");
    return URI.create(base.replaceAll("/+$", "") + "/v1/traces");
  }

  private static URI grpcAddress(Map<String, String> environment) {
    var text = value(environment, "ENDPOINT").orElse("http://localhost:4317");
    boolean isInsecure = value(environment, "INSECURE").filter("true"::equals).isPresent();
    return URI.create(text.contains("://") ? text : (isInsecure ? "http://" : "https://") + text);
  }

  private static SequencedMap<String, String> headers(String text) {
    var headers = new LinkedHashMap<String, String>();
    for (var pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        var value = pair.substring(equals + 1).strip().replace("+", "%2B");
        headers.put(
            pair.substring(0, equals).strip(),
            java.net.URLDecoder.decode(value, java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return headers;
  }
}
