package org.jbuildkit.client;

import io.grpc.BindableService;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.sourcepolicy.Policy;

/**
 * One build as a client asks for it.
 *
 * @param ref the build's id
 * @param frontend name of the frontend; empty if {@code definition} is to be solved
 * @param isInternal whether the daemon keeps no record of the build
 * @param sharedKey scopes the reuse of directories sent before; may be empty
 * @param attachables services for the daemon, apart from health
 */
public record BuildSpec(
    String ref,
    String frontend,
    SequencedMap<String, String> options,
    Optional<Definition> definition,
    List<Endpoint> exports,
    List<Endpoint> cacheExports,
    List<Endpoint> cacheImports,
    List<String> entitlements,
    Optional<Policy> sourcePolicy,
    boolean proxyNetwork,
    boolean isInternal,
    String sharedKey,
    List<BindableService> attachables) {

  public BuildSpec {
    options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
    exports = List.copyOf(exports);
    cacheExports = List.copyOf(cacheExports);
    cacheImports = List.copyOf(cacheImports);
    entitlements = List.copyOf(entitlements);
    attachables = List.copyOf(attachables);
  }

  /** A build by a frontend, with nothing out of the ordinary. */
  public static BuildSpec of(
      String ref,
      String frontend,
      SequencedMap<String, String> options,
      List<Endpoint> exports,
      List<BindableService> attachables) {
    return new BuildSpec(
        ref,
        frontend,
        options,
        Optional.empty(),
        exports,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        false,
        false,
        "",
        attachables);
  }

  /** An exporter or a cache with its attributes. */
  public record Endpoint(String type, SequencedMap<String, String> attributes) {
    public Endpoint {
      attributes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
    }
  }

  /** What a build gave: the exporters' response, and the metadata of the frontend's result. */
  public record Outcome(Map<String, String> response, Map<String, byte[]> metadata) {}
}
