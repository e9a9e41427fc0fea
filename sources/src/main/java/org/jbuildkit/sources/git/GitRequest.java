package org.jbuildkit.sources.git;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.Source;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.protocol.keys.SourceAttributes;

/**
 * What a definition wants of a repository.
 *
 * @param remote the repository's address, with a user if one was given
 * @param ref branch, tag or commit; empty for the default branch
 * @param subdir what is taken of the tree, relative and clean; empty for all
 * @param checksum what the commit's or tag's name must start with, or empty
 * @param headerSecret name of a secret for the {@code Authorization} header, or empty
 * @param tokenSecret name of a secret that is a token, or empty
 * @param knownHosts keys of SSH servers, or empty to take any
 * @param agent id of an SSH agent of the client, or empty for none
 * @param signature whose work it must be
 * @param bundle where commits come from in place of the remote
 */
record GitRequest(
    GitReference remoteReference,
    String remote,
    String ref,
    String subdir,
    boolean keepsGitDir,
    String checksum,
    boolean skipsSubmodules,
    boolean isDatedByCommit,
    String mtime,
    boolean isFetchedByCommit,
    String headerSecret,
    String tokenSecret,
    String knownHosts,
    String agent,
    Optional<GitBundle> bundle,
    boolean isBundleWanted,
    Optional<GitSignaturePolicy> signature) {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");

  /**
   * @throws BuildException for what names no repository, and for attributes that contradict
   */
  static GitRequest of(Source.Request request) {
    var url = request.attribute(SourceAttributes.GIT_FULL_URL);
    // Both become words of commands and lines of files.
    if ((request.identifier() + url).chars().anyMatch(Character::isISOControl)) {
      throw BuildException.invalid("invalid git remote");
    }
    var place = GitReference.ofIdentifier(request.identifier());
    if (place.ref().startsWith("-")) {
      throw BuildException.invalid("invalid git ref " + GoQuote.quote(place.ref()));
    }
    var reference = url.isEmpty() ? place : GitReference.ofIdentifier(url);
    var mtime = request.attribute(SourceAttributes.GIT_MTIME);
    var wanted =
        new GitRequest(
            reference,
            url.isEmpty() ? reference.remote() : withScheme(url, reference),
            place.ref(),
            place.subdir(),
            isSet(request, SourceAttributes.GIT_KEEP_DIR),
            request.attribute(SourceAttributes.GIT_CHECKSUM),
            isSet(request, SourceAttributes.GIT_SKIP_SUBMODULES),
            mtime.equals("commit"),
            mtime,
            isSet(request, SourceAttributes.GIT_FETCH_BY_COMMIT),
            request.attribute(SourceAttributes.GIT_AUTH_HEADER_SECRET),
            request.attribute(SourceAttributes.GIT_AUTH_TOKEN_SECRET),
            request.attribute(SourceAttributes.GIT_KNOWN_SSH_HOSTS),
            request.attribute(SourceAttributes.GIT_MOUNT_SSH_SOCK),
            GitBundle.of(request),
            isSet(request, SourceAttributes.GIT_CHECKOUT_BUNDLE),
            GitSignaturePolicy.of(request));
    wanted.refuseContradictions();
    return wanted;
  }

  /** The address as it was given: frontends have read it already. */
  private static String withScheme(String url, GitReference read) {
    return url.startsWith(read.remote()) ? url : "https://" + url;
  }

  private static boolean isSet(Source.Request request, String attribute) {
    return request.attribute(attribute).equals("true");
  }

  private void refuseContradictions() {
    if (bundle.isPresent() && checksum.isEmpty()) {
      throw BuildException.invalid("git.bundle requires git.checksum to be set");
    }
    if (bundle.isPresent() && ref.isEmpty() && !isCommit(checksum)) {
      throw BuildException.invalid(
          "git.bundle without a ref requires a full commit SHA checksum, got "
              + GoQuote.quote(checksum));
    }
    if (isBundleWanted && keepsGitDir) {
      throw BuildException.invalid("git.checkoutbundle is incompatible with git.keepgitdir");
    }
    if (isBundleWanted && !subdir.isEmpty()) {
      throw BuildException.invalid("git.checkoutbundle is incompatible with git.subdir");
    }
  }

  /** Whether a text is the full name of an object. */
  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /**
   * Refuses a checksum that no object can have.
   *
   * @throws BuildException {@code invalid checksum …}
   */
  void requireSensibleChecksum() {
    if (!checksum.isEmpty() && !HEX.matcher(checksum).matches()) {
      throw BuildException.invalid(
          "invalid checksum " + checksum + " for Git URL, expected hex commit hash");
    }
  }

  /** The host as secrets for it are called, with its port. */
  String host() {
    return remoteReference.host();
  }

  /** The remote without its user, for messages and records. */
  String shownRemote() {
    return UserInfo.masked(remote);
  }

  /** The cache key of what was found, without what the op digest puts in front. */
  String key(GitRevision revision) {
    var key = new StringBuilder(keepsGitDir ? revision.object() : revision.commit());
    if (keepsGitDir) {
      key.append(".git#").append(revision.ref());
    }
    if (!subdir.isEmpty()) {
      key.append(':').append(subdir);
    }
    if (skipsSubmodules) {
      key.append("(skip-submodules)");
    }
    if (!mtime.isEmpty() && !mtime.equals("checkout")) {
      key.append("(mtime=").append(mtime).append(')');
    }
    return (isBundleWanted ? key.append("(bundle)") : key).toString();
  }

  /** Never tells the user in the remote. */
  @Override
  public String toString() {
    return shownRemote() + (ref.isEmpty() ? "" : "#" + ref);
  }
}
