package org.jbuildkit.sources;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Set;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.RemoteBlobs;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.RefStore;

/** Images in OCI layouts of the client, read through its session. */
public final class OciLayoutSource implements Source {
  private final SessionRegistry sessions;
  private final RefStore refs;
  private final ContentStore content;

  public OciLayoutSource(SessionRegistry sessions, RefStore refs, ContentStore content) {
    this.sessions = sessions;
    this.refs = refs;
    this.content = content;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("oci-layout");
  }

  @Override
  public Instance open(Request request) {
    int at = request.identifier().lastIndexOf('@');
    var digest = Digest.tryParse(request.identifier().substring(at + 1));
    if (at < 0 || digest.isEmpty()) {
      throw BuildException.invalid(
          "reference \"%s\" must have digest".formatted(request.identifier()));
    }
    if (!request.attribute("oci.layerlimit").isEmpty()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "oci.layerlimit is not supported by this daemon");
    }
    return new PulledImage(
        request, digest.get(), refs, content, context -> new SessionBlobs(request, context));
  }

  /** Blobs of the layout, from whichever of the build's sessions has it. */
  private final class SessionBlobs implements ImageBlobs {
    private final Request request;
    private final OpContext<Job> context;

    SessionBlobs(Request request, OpContext<Job> context) {
      this.request = request;
      this.context = context;
    }

    private <T> T any(Function<RemoteBlobs, T> use) throws InterruptedException {
      var ids = new ArrayList<String>();
      ids.add(request.attribute("oci.session"));
      context.participants().forEach(job -> ids.add(job.sessionId()));
      ids.removeIf(String::isEmpty);
      return sessions.any(
          ids.stream().distinct().toList(),
          session -> use.apply(new RemoteBlobs(session, "oci:" + request.attribute("oci.store"))));
    }

    @Override
    public void fetch(Descriptor descriptor) throws IOException, InterruptedException {
      if (content.size(descriptor.digest()).isPresent()) {
        return;
      }
      try (var in = any(blobs -> blobs.open(descriptor.digest(), 0));
          var writer = content.ingest()) {
        in.transferTo(writer);
        var _ = writer.commit(descriptor.digest(), descriptor.size());
      }
    }

    @Override
    public Descriptor root(Digest digest) throws InterruptedException {
      long size =
          any(blobs ->
              blobs
                  .size(digest)
                  .orElseThrow(() ->
                      new BuildException(
                          ErrorCode.NOT_FOUND,
                          "unable to get info about digest: content " + digest + ": not found")));
      var descriptor = new Descriptor("", digest, size);
      Documents.checkSize(descriptor);
      return descriptor;
    }
  }
}
