package org.jbuildkit.sources;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.registry.Credentials;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.oci.registry.RegistryHost;
import org.jbuildkit.oci.registry.Repository;
import org.jbuildkit.solver.OpContext;

/** One image of a registry, asked for as the clients who want it right now. */
final class RegistryBlobs implements ImageBlobs {
  /** Put before a host to name the annotation that lists its repositories with a blob. */
  static final String PLACE = "containerd.io/distribution.source.";

  private static final String SCHEMA_1 =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";
  private static final int STANDARD_ERROR = 2;

  private final RegistryClient client;
  private final ImageReference reference;
  private final Optional<Digest> checksum;
  private final Function<List<String>, Credentials> credentials;
  private final ImageStores stores;

  /**
   * @param checksum what the reference has to stand for
   * @param credentials of sessions
   */
  RegistryBlobs(
      RegistryClient client,
      ImageReference reference,
      Optional<Digest> checksum,
      Function<List<String>, Credentials> credentials,
      ImageStores stores) {
    this.client = client;
    this.reference = reference;
    this.checksum = checksum;
    this.credentials = credentials;
    this.stores = stores;
  }

  private Repository repository(OpContext<Job> context) {
    var sessions = context.participants().stream().map(Job::sessionId).toList();
    return client.repository(reference, credentials.apply(sessions), RegistryClient.Purpose.PULL);
  }

  private String host() {
    return RegistryHost.withoutPort(reference.domain());
  }

  @Override
  public Descriptor root(OpContext<Job> context) throws IOException, InterruptedException {
    var local = local();
    var found = local.isPresent() ? local.get() : resolve(context);
    if (checksum.isPresent() && !checksum.get().equals(found.digest())) {
      throw BuildException.failed(
          "image digest %s for %s does not match expected checksum %s"
              .formatted(found.digest(), reference, checksum.get()));
    }
    return found;
  }

  private Descriptor resolve(OpContext<Job> context) throws IOException, InterruptedException {
    var found = client.attempts().run(_ -> {}, () -> repository(context).resolve(reference));
    if (found.mediaType().equals(SCHEMA_1)) {
      throw BuildException.failed(
          "support Docker Image manifest version 2, schema 1 has been removed. More information at"
              + " https://docs.docker.com/go/deprecated-image-specs/");
    }
    return found;
  }

  /** What a digest names needs no asking if we have it from that very repository. */
  private Optional<Descriptor> local() throws IOException {
    if (reference.digest().isEmpty()) {
      return Optional.empty();
    }
    var digest = reference.digest().get();
    var size = stores.content().size(digest);
    if (size.isEmpty()
        || !stores.origins().repositories(digest, host()).contains(reference.path())) {
      return Optional.empty();
    }
    return Optional.of(new Descriptor("", digest, size.get()));
  }

  @Override
  public Descriptor placed(Descriptor layer) {
    return layer.withAnnotation(PLACE + host(), reference.path());
  }

  @Override
  public void fetch(Descriptor descriptor, OpContext<Job> context)
      throws IOException, InterruptedException {
    if (!stores.content().has(descriptor)) {
      Documents.checkSize(descriptor);
      if (embedded(descriptor)) {
        return;
      }
      client.attempts().run(_ -> {}, () -> copy(descriptor, context, _ -> {}));
    }
    stores.origins().add(descriptor.digest(), host(), reference.path());
  }

  /** Stores a blob that came with its descriptor; one that is not what it says is passed over. */
  private boolean embedded(Descriptor descriptor) throws IOException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(descriptor.data());
    } catch (IllegalArgumentException _) {
      return false;
    }
    boolean isIt =
        bytes.length > 0
            && bytes.length == descriptor.size()
            && Digest.sha256(bytes).equals(descriptor.digest());
    if (isIt) {
      var _ = stores.content().put(bytes);
    }
    return isIt;
  }

  @Override
  public void fetchLayer(Descriptor descriptor, OpContext<Job> context)
      throws IOException, InterruptedException {
    if (stores.content().has(descriptor)) {
      return;
    }
    Consumer<String> log =
        line ->
            context
                .report()
                .log(STANDARD_ERROR, line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    var steps = new Steps(context.report(), stores.clock());
    var counter = steps.bytes(descriptor.digest().toString(), "", descriptor.size());
    client.attempts().run(log, () -> copy(descriptor, context, counter::set));
    counter.set(descriptor.size());
    counter.close();
  }

  private Digest copy(
      Descriptor descriptor, OpContext<Job> context, java.util.function.LongConsumer progress)
      throws IOException, InterruptedException {
    try (var in = repository(context).openUnverified(descriptor);
        var writer = stores.content().ingest()) {
      var buffer = new byte[128 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        writer.write(buffer, 0, n);
        if (writer.size() > descriptor.size()) {
          break; // The commit tells.
        }
        progress.accept(writer.size());
      }
      return writer.commit(descriptor.digest(), descriptor.size());
    }
  }
}
