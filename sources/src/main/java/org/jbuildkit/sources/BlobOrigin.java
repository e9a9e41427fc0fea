package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.compress.VerifyingInputStream;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.session.SessionCredentials;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.RemoteBlobs;
import org.jbuildkit.solver.OpContext;

/** Where single blobs come from: registries, and OCI layouts of the client. */
public record BlobOrigin(
    RegistryClient client, SessionRegistry sessions, SessionCredentials.Salt salt) {

  /**
   * A blob of a registry, verified while it is read.
   *
   * @param reference with a digest, or any of its repository
   */
  public InputStream ofRegistry(ImageReference reference, Digest digest, OpContext<Job> context)
      throws IOException, InterruptedException {
    var ids = context.participants().stream().map(Job::sessionId).toList();
    var asker = new SessionCredentials(sessions, ids, salt);
    var repository = client.repository(reference, asker, RegistryClient.Purpose.PULL);
    return client.attempts().run(_ -> {}, () -> repository.open(repository.find(digest)));
  }

  /**
   * A blob of a layout, verified while it is read.
   *
   * @param store the layout's name
   * @param session asked first; empty for those of the build alone
   */
  public InputStream ofLayout(String store, String session, Digest digest, OpContext<Job> context)
      throws InterruptedException {
    var ids = new ArrayList<>(List.of(session));
    context.participants().forEach(job -> ids.add(job.sessionId()));
    ids.removeIf(String::isEmpty);
    return sessions.any(
        ids.stream().distinct().toList(),
        asked -> {
          var blobs = new RemoteBlobs(asked, SourceAttributes.OCI_STORE_PREFIX + store);
          long size =
              blobs
                  .size(digest)
                  .orElseThrow(() -> BuildException.failed("content " + digest + ": not found"));
          return new VerifyingInputStream(blobs.open(digest, 0), digest, size);
        });
  }
}
