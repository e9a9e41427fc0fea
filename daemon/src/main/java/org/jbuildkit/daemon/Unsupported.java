package org.jbuildkit.daemon;

import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.dockerfile.SbomScanner;
import org.jbuildkit.engine.provenance.ProvenanceOptions;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.keys.AttestationOptions;

/** Parts of a request that nothing in this daemon serves: they are refused, not passed over. */
final class Unsupported {
  private static final String CACHE_IMPORTS = "cache-imports";

  private Unsupported() {}

  /**
   * @throws BuildException naming the first thing that cannot be done
   */
  static void check(SolveRequest request) {
    checkCaches(request);
    if (request.getProxyNetwork()) {
      throw unsupported("the proxy network is not supported by this daemon");
    }
    var options = request.getFrontendAttrsMap();
    var _ = ProvenanceOptions.of(options);
    AttestationOptions.sbom(options)
        .ifPresent(sbom -> SbomScanner.reference(sbom.generator(), "sbom generator"));
  }

  /** Whether a frontend is told to take results from caches elsewhere. */
  static boolean wantsImports(Map<String, String> options) {
    var imports = options.getOrDefault(CACHE_IMPORTS, "");
    return !imports.isEmpty() && !imports.equals("[]") && !imports.equals("null");
  }

  private static void checkCaches(SolveRequest request) {
    var cache = request.getCache();
    if (cache.getExportsCount() > 0 || !cache.getExportRefDeprecated().isEmpty()) {
      var type = cache.getExportsCount() > 0 ? cache.getExports(0).getType() : "registry";
      throw BuildException.failed("unknown cache exporter: \"" + type + "\"");
    }
    if (cache.getImportsCount() > 0 || cache.getImportRefsDeprecatedCount() > 0) {
      var type = cache.getImportsCount() > 0 ? cache.getImports(0).getType() : "registry";
      throw BuildException.failed("unknown cache importer: \"" + type + "\"");
    }
    if (wantsImports(request.getFrontendAttrsMap())) {
      throw unsupported("cache imports are not supported by this daemon");
    }
  }

  private static BuildException unsupported(String message) {
    return new BuildException(ErrorCode.UNIMPLEMENTED, message);
  }
}
