package org.jbuildkit.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.control.CacheOptions;
import org.jbuildkit.protocol.control.CacheOptionsEntry;
import org.jbuildkit.protocol.control.Exporter;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.keys.SolveOptions;

/** The two requests that one build makes: to the daemon, and to its gateway. */
final class SolveMessages {
  private SolveMessages() {}

  static SolveRequest control(BuildSpec spec, String session) {
    var request =
        SolveRequest.newBuilder()
            .setRef(spec.ref())
            .setSession(session)
            .setCache(cache(spec))
            .putAllFrontendAttrs(options(spec))
            .addAllEntitlements(spec.entitlements())
            .setInternal(spec.isInternal())
            .setProxyNetwork(spec.proxyNetwork());
    spec.sourcePolicy().ifPresent(request::setSourcePolicy);
    for (var export : spec.exports()) {
      request.addExporters(
          Exporter.newBuilder().setType(export.type()).putAllAttrs(export.attributes()));
    }
    if (!spec.exports().isEmpty()) {
      // Older daemons know a single exporter only.
      var first = spec.exports().getFirst();
      request.setExporterDeprecated(first.type()).putAllExporterAttrsDeprecated(first.attributes());
    }
    return request.build();
  }

  private static CacheOptions cache(BuildSpec spec) {
    var cache = CacheOptions.newBuilder();
    spec.cacheExports().forEach(entry -> cache.addExports(entry(entry)));
    spec.cacheImports().forEach(entry -> cache.addImports(entry(entry)));
    return cache.build();
  }

  private static CacheOptionsEntry entry(BuildSpec.Endpoint endpoint) {
    return CacheOptionsEntry.newBuilder()
        .setType(endpoint.type())
        .putAllAttrs(endpoint.attributes())
        .build();
  }

  static org.jbuildkit.protocol.gateway.SolveRequest gateway(BuildSpec spec) {
    var request =
        org.jbuildkit.protocol.gateway.SolveRequest.newBuilder()
            .setAllowResultReturn(true)
            .setAllowResultArrayRef(true)
            .setFrontend(spec.frontend())
            .putAllFrontendOpt(options(spec));
    spec.definition().ifPresent(request::setDefinition);
    for (var entry : spec.cacheImports()) {
      request.addCacheImports(
          org.jbuildkit.protocol.gateway.CacheOptionsEntry.newBuilder()
              .setType(entry.type())
              .putAllAttrs(entry.attributes()));
    }
    return request.build();
  }

  private static Map<String, String> options(BuildSpec spec) {
    var options = new LinkedHashMap<>(spec.options());
    if (!spec.cacheImports().isEmpty()) {
      List<Json> entries = new ArrayList<>();
      for (var entry : spec.cacheImports()) {
        entries.add(
            Json.object()
                .put("Type", entry.type())
                .put("Attrs", Json.ofMap(entry.attributes()))
                .build());
      }
      options.put(SolveOptions.CACHE_IMPORTS, new Json.Arr(entries).write());
    }
    return options;
  }
}
