package org.jbuildkit.sources.git;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Source;
import org.jbuildkit.protocol.keys.SourceAttributes;

/** Whose signature a commit or tag must have; nobody's if no key is given. */
record GitSignaturePolicy(String publicKey) {
  /**
   * @throws BuildException if a signature is wanted
   */
  static GitSignaturePolicy of(Source.Request request) {
    var key = request.attribute(SourceAttributes.GIT_SIG_PUBKEY);
    if (!key.isEmpty()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "git signature verification is not supported by this daemon");
    }
    return new GitSignaturePolicy(key);
  }
}
