package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/** Single blobs of registries and of the client's OCI layouts, each as a file. */
public final class ImageBlobSource implements Source {
  private static final String OF_LAYOUT = "oci-layout+blob";

  private final BlobOrigin origin;
  private final RefStore refs;

  public ImageBlobSource(BlobOrigin origin, RefStore refs) {
    this.origin = origin;
    this.refs = refs;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("docker-image+blob", OF_LAYOUT);
  }

  @Override
  public Instance open(Request request) {
    var reference = RegistrySource.reference(request.identifier());
    var digest = reference.digest();
    if (digest.isEmpty()) {
      throw BuildException.invalid("invalid reference digest: invalid checksum digest format");
    }
    var store = request.attribute(SourceAttributes.OCI_STORE);
    boolean isLayout = request.scheme().equals(OF_LAYOUT);
    if (isLayout && store.isEmpty()) {
      throw BuildException.invalid("oci-layout blob source requires store id");
    }
    var type = RegistrySource.recordType(request);
    var file = new BlobFile(request, digest.get());
    return new Blob(
        file,
        new RefOptions("blob " + reference, type, false),
        isLayout
            ? context ->
                origin.ofLayout(
                    store, request.attribute(SourceAttributes.OCI_SESSION), digest.get(), context)
            : context -> origin.ofRegistry(reference, digest.get(), context));
  }

  /** Where a blob's verified bytes come from. */
  @FunctionalInterface
  private interface Opening {
    InputStream open(OpContext<Job> context) throws IOException, InterruptedException;
  }

  private final class Blob implements Instance {
    private final BlobFile file;
    private final RefOptions options;
    private final Opening opening;

    Blob(BlobFile file, RefOptions options, Opening opening) {
      this.file = file;
      this.options = options;
      this.opening = opening;
    }

    @Override
    public Key key(int index, OpContext<Job> context) {
      return new Key(file.key(), true);
    }

    @Override
    public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
      try (var mutable = refs.create(Optional.empty(), options)) {
        try (var mounted = mutable.mount();
            var root = mounted.open();
            var in = opening.open(context)) {
          file.write(root, in);
        }
        return Optional.of(mutable.commit());
      }
    }
  }
}
