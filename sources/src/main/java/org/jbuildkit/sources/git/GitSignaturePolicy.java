package org.jbuildkit.sources.git;

import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.Source;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.sources.signature.PgpKeys;
import org.jbuildkit.sources.signature.SshKeys;

/**
 * Whose signature a commit or its tag must have.
 *
 * @param publicKey an armored OpenPGP key, or SSH keys
 * @param rejectsExpired whether a key that has expired does not count
 * @param requiresTag whether it must be a tag that is signed
 * @param ignoresTag whether it must be the commit that is signed
 */
record GitSignaturePolicy(
    String publicKey, boolean rejectsExpired, boolean requiresTag, boolean ignoresTag) {
  private static final String NAMESPACE = "git";

  /** The policy of a request; nothing if everybody may have made the commit. */
  static Optional<GitSignaturePolicy> of(Source.Request request) {
    var key = request.attribute(SourceAttributes.GIT_SIG_PUBKEY);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new GitSignaturePolicy(
            key,
            request.attribute(SourceAttributes.GIT_SIG_REJECT_EXPIRED).equals("true"),
            request.attribute(SourceAttributes.GIT_SIG_REQUIRE_SIGNED_TAG).equals("true"),
            request.attribute(SourceAttributes.GIT_SIG_IGNORE_SIGNED_TAG).equals("true")));
  }

  /**
   * Checks what was found.
   *
   * @param found with the objects themselves
   * @throws BuildException {@code git object is not signed}, or if somebody else signed it
   */
  void verify(Source.RepositoryMetadata found, Instant now) {
    var tag = found.tagObject().map(SignedObject::ofTag).filter(SignedObject::isSigned);
    if (tag.isPresent() && !ignoresTag) {
      verify(tag.get(), now);
      return;
    }
    if (requiresTag) {
      throw BuildException.failed("signed tag required but no signed tag found");
    }
    verify(SignedObject.ofCommit(found.commitObject().orElseThrow()), now);
  }

  private void verify(SignedObject object, Instant now) {
    if (!object.isSigned()) {
      throw BuildException.failed("git object is not signed");
    }
    if (SshKeys.isSignature(object.signature())) {
      SshKeys.parse(publicKey).verify(object.data(), object.signature(), NAMESPACE);
    } else {
      PgpKeys.parse(publicKey).verify(object.data(), object.signature(), rejectsExpired, now);
    }
  }
}
