package org.jbuildkit.sources.git;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.sources.BlobOrigin;
import org.jbuildkit.sources.RegistrySource;

/**
 * A blob that holds commits, taken in place of the remote.
 *
 * @param place the registry's repository or the layout's name, with the digest
 * @param store the layout's name; empty for a registry
 * @param session asked first for a layout, or empty
 */
record GitBundle(String place, String store, String session, Digest digest) {
  private static final String OF_REGISTRY = "docker-image+blob://";
  private static final String OF_LAYOUT = "oci-layout+blob://";

  /**
   * The bundle that a request names, if it does.
   *
   * @throws BuildException for what is no blob
   */
  static Optional<GitBundle> of(Source.Request request) {
    var locator = request.attribute(SourceAttributes.GIT_BUNDLE);
    if (locator.isEmpty()) {
      return Optional.empty();
    }
    boolean isLayout = locator.startsWith(OF_LAYOUT);
    int at = locator.lastIndexOf('@');
    var digest = Digest.tryParse(locator.substring(at + 1));
    if ((!isLayout && !locator.startsWith(OF_REGISTRY)) || at < 0 || digest.isEmpty()) {
      throw BuildException.invalid("invalid git bundle locator " + GoQuote.quote(locator));
    }
    var place = locator.substring(locator.indexOf("://") + 3);
    var store = request.attribute(SourceAttributes.OCI_STORE);
    if (isLayout && store.isEmpty()) {
      store = place.substring(0, place.lastIndexOf('@'));
    }
    if (!isLayout) {
      var _ = RegistrySource.reference(place);
    }
    return Optional.of(
        new GitBundle(
            place,
            isLayout ? store : "",
            request.attribute(SourceAttributes.OCI_SESSION),
            digest.get()));
  }

  /** The verified bytes; the caller closes them. */
  InputStream open(BlobOrigin origin, OpContext<Job> context)
      throws IOException, InterruptedException {
    try {
      return store.isEmpty()
          ? origin.ofRegistry(RegistrySource.reference(place), digest, context)
          : origin.ofLayout(store, session, digest, context);
    } catch (IOException e) {
      throw BuildException.failed("failed to fetch git bundle " + place, e);
    } catch (BuildException e) {
      throw e.within("failed to fetch git bundle " + place);
    }
  }
}
