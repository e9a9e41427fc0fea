package org.jbuildkit.dockerfile;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.syntax.GoBool;
import org.jbuildkit.protocol.keys.AttestationOptions;

/** Turns away requests for what this frontend does not do, before anything is read. */
final class RequestGate {
  private static final Set<String> CAPABILITIES =
      Set.of(
          "moby.buildkit.frontend.contexts",
          "moby.buildkit.frontend.gitquerystring",
          "moby.buildkit.frontend.inputs",
          "moby.buildkit.frontend.subrequests");

  private RequestGate() {}

  /**
   * @return what another frontend may know; without one it fails the request after all
   * @throws BuildException naming the first thing that cannot be done
   */
  static Optional<BuildException> check(Map<String, String> options) {
    if (!options.getOrDefault("override-copy-image", "").isEmpty()) {
      throw BuildException.invalid(
          "support for \"override-copy-image\" was removed in BuildKit 0.11");
    }
    if (GoBool.parse(options.getOrDefault("build-arg:BUILDKIT_DISABLE_FILEOP", "")).orElse(false)) {
      throw BuildException.invalid(
          "support for \"BUILDKIT_DISABLE_FILEOP\" build-arg was removed in BuildKit 0.11");
    }
    var missing = capabilities(options.getOrDefault("frontend.caps", ""));
    var _ = AttestationOptions.parse(options);
    return missing;
  }

  private static Optional<BuildException> capabilities(String list) {
    Optional<BuildException> forwardable = Optional.empty();
    for (var item : list.split(",", -1)) {
      var parts = item.split("\\+", 2);
      var name = parts[0];
      if (name.isEmpty() || CAPABILITIES.contains(name)) {
        continue;
      }
      var error =
          new BuildException(ErrorCode.UNIMPLEMENTED, "unsupported frontend capability " + name)
              .withDetail(new ErrorDetail.UnsupportedFrontendCap(name));
      if (parts.length < 2 || !parts[1].equals("forward")) {
        throw error;
      }
      forwardable = forwardable.or(() -> Optional.of(error));
    }
    return forwardable;
  }
}
