package org.jbuildkit.dockerfile;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;

/** Turns away requests for what this frontend does not do, before anything is read. */
final class RequestGate {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> CAPABILITIES =
      Set.of("moby.buildkit.frontend.contexts", "moby.buildkit.frontend.subrequests");

  private RequestGate() {}

  /**
   * @throws BuildException naming the first thing that cannot be done
   */
  static void check(Map<String, String> options) {
    if (!options.getOrDefault("override-copy-image", "").isEmpty()) {
      throw BuildException.invalid(
          "support for \"override-copy-image\" was removed in BuildKit 0.11");
    }
    if (TRUE.contains(options.getOrDefault("build-arg:BUILDKIT_DISABLE_FILEOP", ""))) {
      throw BuildException.invalid(
          "support for \"BUILDKIT_DISABLE_FILEOP\" build-arg was removed in BuildKit 0.11");
    }
    capabilities(options.getOrDefault("frontend.caps", ""));
    context(options);
    if (options.containsKey("attest:sbom")
        || options.containsKey("build-arg:BUILDKIT_ATTEST_SBOM")) {
      throw new BuildException(ErrorCode.UNIMPLEMENTED, "SBOM attestations are not supported");
    }
  }

  private static void capabilities(String list) {
    for (var item : list.split(",", -1)) {
      int plus = item.indexOf('+');
      var name = plus < 0 ? item : item.substring(0, plus);
      // Nothing is forwarded here, so a name marked for forwarding is refused like any other.
      if (!name.isEmpty() && !CAPABILITIES.contains(name)) {
        throw new BuildException(ErrorCode.UNIMPLEMENTED, "unsupported frontend capability " + name)
            .withDetail(new ErrorDetail.UnsupportedFrontendCap(name));
      }
    }
  }

  private static void context(Map<String, String> options) {
    var context = options.getOrDefault(options.getOrDefault("contextkey", "context"), "");
    var lower = context.toLowerCase(Locale.ROOT);
    boolean isRemote =
        lower.matches("(https?|git|ssh)://.*")
            || lower.startsWith("github.com/")
            || context.matches("[A-Za-z0-9_-]+@[A-Za-z0-9.-]+:.*");
    if (isRemote) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "remote build contexts are not supported: " + context);
    }
  }
}
