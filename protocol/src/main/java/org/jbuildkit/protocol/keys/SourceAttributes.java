package org.jbuildkit.protocol.keys;

/** Keys of the attributes of source ops and of vertex descriptions. */
public final class SourceAttributes {
  public static final String GIT_KEEP_DIR = "git.keepgitdir";

  public static final String GIT_FULL_URL = "git.fullurl";

  public static final String GIT_AUTH_HEADER_SECRET = "git.authheadersecret";

  public static final String GIT_AUTH_TOKEN_SECRET = "git.authtokensecret";

  public static final String GIT_KNOWN_SSH_HOSTS = "git.knownsshhosts";

  public static final String GIT_MOUNT_SSH_SOCK = "git.mountsshsock";

  public static final String GIT_CHECKSUM = "git.checksum";

  public static final String GIT_SKIP_SUBMODULES = "git.skipsubmodules";

  public static final String GIT_MTIME = "git.mtime";

  public static final String GIT_FETCH_BY_COMMIT = "git.fetchbycommit";

  public static final String GIT_BUNDLE = "git.bundle";

  public static final String GIT_CHECKOUT_BUNDLE = "git.checkoutbundle";

  public static final String GIT_SIG_PUBKEY = "git.sig.pubkey";

  public static final String GIT_SIG_REJECT_EXPIRED = "git.sig.rejectexpired";

  public static final String GIT_SIG_REQUIRE_SIGNED_TAG = "git.sig.requiresignedtag";

  public static final String GIT_SIG_IGNORE_SIGNED_TAG = "git.sig.ignoresignedtag";

  public static final String LOCAL_SESSION = "local.session";

  public static final String LOCAL_UNIQUE = "local.unique";

  public static final String LOCAL_INCLUDE_PATTERN = "local.includepattern";

  public static final String LOCAL_EXCLUDE_PATTERNS = "local.excludepatterns";

  public static final String LOCAL_FOLLOW_PATHS = "local.followpaths";

  public static final String LOCAL_SHARED_KEY_HINT = "local.sharedkeyhint";

  public static final String LOCAL_DIFFER = "local.differ";

  public static final String LOCAL_METADATA_TRANSFER = "local.metadatatransfer";

  public static final String LOCAL_METADATA_TRANSFER_EXCLUDE = "local.metadatatransferexclude";

  public static final String LLB_BUILD_FILENAME = "llbbuild.filename";

  public static final String HTTP_CHECKSUM = "http.checksum";

  public static final String HTTP_FILENAME = "http.filename";

  public static final String HTTP_PERM = "http.perm";

  public static final String HTTP_UID = "http.uid";

  public static final String HTTP_GID = "http.gid";

  public static final String HTTP_AUTH_HEADER_SECRET = "http.authheadersecret";

  public static final String HTTP_HEADER_PREFIX = "http.header.";

  public static final String HTTP_SIG_PUBKEY = "http.sig.pubkey";

  public static final String HTTP_SIG_SIGNATURE = "http.sig.signature";

  public static final String IMAGE_RESOLVE_MODE = "image.resolvemode";

  public static final String IMAGE_RECORD_TYPE = "image.recordtype";

  public static final String IMAGE_LAYER_LIMIT = "image.layerlimit";

  public static final String IMAGE_CHECKSUM = "image.checksum";

  public static final String OCI_SESSION = "oci.session";

  public static final String OCI_STORE = "oci.store";

  public static final String OCI_LAYER_LIMIT = "oci.layerlimit";

  /** Put before an image layout's store id when a session is asked for it. */
  public static final String OCI_STORE_PREFIX = "oci:";

  public static final String DESCRIPTION_CUSTOM_NAME = "llb.customname";

  public static final String DESCRIPTION_DOCKERFILE_COMMAND = "com.docker.dockerfile.v1.command";

  private SourceAttributes() {}
}
