package org.jbuildkit.sources;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.RemoteBlobs;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.RecordType;

/** Images in OCI layouts of the client, read through its session. */
public final class OciLayoutSource implements Source {
  private static final int BUFFER = 128 << 10;

  private final SessionRegistry sessions;
  private final ImageStores stores;

  public OciLayoutSource(SessionRegistry sessions, ImageStores stores) {
    this.sessions = sessions;
    this.stores = stores;
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
    return new PulledImage(
        request,
        PulledImage.limit(request.attribute(SourceAttributes.OCI_LAYER_LIMIT)),
        RecordType.REGULAR,
        stores,
        new SessionBlobs(request, digest.get()));
  }

  /** Blobs of the layout, from whichever of the build's sessions has it. */
  private final class SessionBlobs implements ImageBlobs {
    private final Request request;
    private final Digest digest;

    SessionBlobs(Request request, Digest digest) {
      this.request = request;
      this.digest = digest;
    }

    private <T> T any(OpContext<Job> context, Function<RemoteBlobs, T> use)
        throws InterruptedException {
      var ids = new ArrayList<String>();
      ids.add(request.attribute(SourceAttributes.OCI_SESSION));
      context.participants().forEach(job -> ids.add(job.sessionId()));
      ids.removeIf(String::isEmpty);
      var store = SourceAttributes.OCI_STORE_PREFIX + request.attribute(SourceAttributes.OCI_STORE);
      return sessions.any(
          ids.stream().distinct().toList(), session -> use.apply(new RemoteBlobs(session, store)));
    }

    @Override
    public void fetch(Descriptor descriptor, OpContext<Job> context)
        throws IOException, InterruptedException {
      if (!stores.content().has(descriptor)) {
        copy(descriptor, context, _ -> {});
      }
    }

    @Override
    public void fetchLayer(Descriptor layer, OpContext<Job> context)
        throws IOException, InterruptedException {
      if (stores.content().has(layer)) {
        return;
      }
      var steps = new Steps(context.report(), stores.clock());
      var counter = steps.bytes(layer.digest().toString(), "", layer.size());
      copy(layer, context, counter::set);
      counter.close();
    }

    private void copy(Descriptor descriptor, OpContext<Job> context, LongConsumer progress)
        throws IOException, InterruptedException {
      try (var in = any(context, blobs -> blobs.open(descriptor.digest(), 0));
          var writer = stores.content().ingest()) {
        var buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          writer.write(buffer, 0, n);
          if (writer.size() > descriptor.size()) {
            break; // The commit tells.
          }
          progress.accept(writer.size());
        }
        var _ = writer.commit(descriptor.digest(), descriptor.size());
      }
    }

    @Override
    public Descriptor root(OpContext<Job> context) throws InterruptedException {
      long size =
          any(
              context,
              blobs ->
                  blobs
                      .size(digest)
                      .orElseThrow(() ->
                          new BuildException(
                              ErrorCode.NOT_FOUND,
                              "unable to get info about digest: content "
                                  + digest
                                  + ": not found")));
      var descriptor = new Descriptor("", digest, size);
      Documents.checkSize(descriptor);
      return descriptor;
    }
  }
}
