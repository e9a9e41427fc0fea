package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.registry.RegistryException.Kind;
import org.jbuildkit.oci.registry.RegistryHost.Role;
import org.jspecify.annotations.Nullable;

/** Finds out what a reference stands for, host by host. */
final class Resolution {
  private static final int MAX_DOCUMENT = 4 * 1048 * 1048;
  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.DOCKER_MANIFEST,
          MediaType.DOCKER_INDEX,
          MediaType.OCI_MANIFEST,
          MediaType.OCI_INDEX,
          "*/*");
  private static final String SCHEMA_1 =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";

  private final Repository repository;
  private final ImageReference reference;
  private final boolean takesBlobs;
  private @Nullable RegistryException failure;

  /**
   * @param takesBlobs whether a blob is meant rather than a document: it may have any size
   */
  Resolution(Repository repository, ImageReference reference, boolean takesBlobs) {
    this.repository = repository;
    this.reference = reference;
    this.takesBlobs = takesBlobs;
  }

  Descriptor run() throws IOException, InterruptedException {
    var hosts = new ArrayList<>(repository.hosts(Role.PULL));
    if (reference.digest().isEmpty()) {
      hosts.removeIf(host -> !host.has(Role.RESOLVE));
    }
    if (hosts.isEmpty()) {
      throw new RegistryException(Kind.NOT_FOUND, "no resolve hosts: not found");
    }
    for (var tail : tails()) {
      for (int i = 0; i < hosts.size(); i++) {
        var found = ask(hosts.get(i), tail, i == hosts.size() - 1);
        if (found.isPresent()) {
          return found.get();
        }
      }
      if (failure != null && failure.kind().compareTo(Kind.NOT_FOUND) > 0) {
        break;
      }
    }
    throw failure == null
        ? new RegistryException(Kind.NOT_FOUND, reference + ": not found")
        : failure;
  }

  private List<String> tails() {
    return reference
        .digest()
        .map(digest -> List.of("manifests/" + digest, "blobs/" + digest))
        .map(tails -> takesBlobs ? tails.reversed() : tails)
        .orElseGet(() -> List.of("manifests/" + reference.tag()));
  }

  /** The most telling failure is kept, the first of equals. */
  private void failed(RegistryException error) {
    if (failure == null || error.kind().compareTo(failure.kind()) > 0) {
      failure = error;
    }
  }

  private Optional<Descriptor> ask(RegistryHost host, String tail, boolean isLast)
      throws IOException, InterruptedException {
    var scopes = List.of(Scopes.pull(repository.name().path()));
    var exchange = repository.exchange(host, isLast, scopes);
    var call = new HttpCall("HEAD", repository.uri(host, tail), Repository.accepting(ACCEPT));
    try (var answer = exchange.send(call)) {
      if (answer.status() == 404) {
        failed(new RegistryException(Kind.NOT_FOUND, reference + ": not found"));
        return Optional.empty();
      }
      if (answer.status() >= 400) {
        failed(Failures.status(withBody(exchange, call, answer)));
        return Optional.empty();
      }
      return found(exchange, call, answer);
    } catch (RegistryException e) {
      failed(e.kind() == Kind.UNAUTHORIZED ? denied(e) : e);
      return Optional.empty();
    }
  }

  static RegistryException denied(RegistryException cause) {
    return cause.within(
        "pull access denied, repository does not exist or may require authorization");
  }

  /** HEAD answers have no body to say why: a GET's is taken. */
  static HttpAnswer withBody(Exchange exchange, HttpCall call, HttpAnswer answer)
      throws IOException, InterruptedException {
    if (answer.status() != 403 || !call.method().equals("HEAD")) {
      return answer;
    }
    try {
      var other = exchange.send(call.as("GET"));
      return new HttpAnswer(
          answer.method(), answer.uri(), answer.status(), answer.headers(), other.body());
    } catch (RegistryException _) {
      return answer;
    }
  }

  private Optional<Descriptor> found(Exchange exchange, HttpCall call, HttpAnswer answer)
      throws IOException, InterruptedException {
    var mediaType = answer.mediaType().equals("text/plain") ? SCHEMA_1 : answer.mediaType();
    if (!takesBlobs && answer.length().orElse(0) > MAX_DOCUMENT) {
      failed(tooLarge(answer.length().getAsLong()));
      return Optional.empty();
    }
    var told = Digest.tryParse(answer.header("Docker-Content-Digest"));
    var digest = reference.digest().or(() -> told);
    if (digest.isPresent() && answer.length().isPresent()) {
      return Optional.of(new Descriptor(mediaType, digest.get(), answer.length().getAsLong()));
    }
    try (var whole = exchange.send(call.as("GET"))) {
      if (!whole.isSuccess()) {
        failed(Failures.status(whole));
        return Optional.empty();
      }
      var bytes = whole.body().readNBytes(MAX_DOCUMENT + 1);
      if (bytes.length > MAX_DOCUMENT) {
        failed(tooLarge(bytes.length));
        return Optional.empty();
      }
      var type = mediaType.isEmpty() ? whole.mediaType() : mediaType;
      var known = digest.orElseGet(() -> Digest.sha256(bytes));
      return Optional.of(new Descriptor(type, known, bytes.length));
    }
  }

  private RegistryException tooLarge(long size) {
    return new RegistryException(
        Kind.TOO_LARGE, "rejecting %d byte manifest for %s: not found".formatted(size, reference));
  }
}
