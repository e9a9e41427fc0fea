package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/** Puts things into a repository, each unless it is there. */
final class Upload {
  private static final Set<Integer> STORED = Set.of(200, 201, 204);
  private static final Set<Integer> GOES_ON = Set.of(200, 202, 204);

  private final Repository repository;
  private final RegistryHost host;

  Upload(Repository repository, RegistryHost host) {
    this.repository = repository;
    this.host = host;
  }

  private Exchange exchange(List<String> more) {
    var scopes = new ArrayList<>(List.of(Scopes.push(repository.name().path())));
    more.forEach(path -> scopes.add(Scopes.pull(path)));
    return repository.exchange(host, true, scopes);
  }

  private HttpCall call(String method, String tail, Map<String, String> headers) {
    return new HttpCall(method, repository.uri(host, tail), headers);
  }

  void blob(BlobUpload upload) throws IOException, InterruptedException {
    var descriptor = upload.descriptor();
    if (exists(descriptor, "blobs/" + descriptor.digest(), false)) {
      return;
    }
    var candidate = candidate(upload.elsewhere());
    Start start = candidate.isPresent() ? mount(descriptor, candidate.get()) : new Start.Unasked();
    if (start instanceof Start.Unneeded) {
      return;
    }
    upload.prepare();
    try (var slot = repository.slot(descriptor.mediaType())) {
      put(upload, start instanceof Start.At(URI location) ? location : begin());
    }
  }

  /** How an upload begins. */
  private sealed interface Start {
    /** Not at all: the blob is there. */
    record Unneeded() implements Start {}

    /** The registry told where to send the blob. */
    record At(URI location) implements Start {}

    /** The registry has to be asked where. */
    record Unasked() implements Start {}
  }

  /** Whether a HEAD finds it; anything but yes and no is an error. */
  private boolean exists(Descriptor descriptor, String tail, boolean isTag)
      throws IOException, InterruptedException {
    var exchange = exchange(List.of());
    var call = call("HEAD", tail, Repository.accepting(descriptor.mediaType() + ", */*"));
    try (var answer = exchange.send(call)) {
      if (answer.status() == 200) {
        return !isTag
            || answer.header("Docker-Content-Digest").equals(descriptor.digest().toString());
      }
      if (answer.status() == 404) {
        return false;
      }
      throw Failures.status(Resolution.withBody(exchange, call, answer));
    } catch (RegistryException e) {
      if (e.kind() == Kind.UNAUTHORIZED) {
        return false;
      }
      throw e;
    }
  }

  /** The repository that shares the longest beginning with ours, the last of equals. */
  private Optional<String> candidate(List<String> paths) {
    var own = List.of(repository.name().path().split("/", -1));
    Optional<String> best = Optional.empty();
    int longest = -1;
    for (var path : paths) {
      var parts = List.of(path.split("/", -1));
      int shared = 0;
      while (shared < Math.min(own.size(), parts.size())
          && own.get(shared).equals(parts.get(shared))) {
        shared++;
      }
      if (!path.equals(repository.name().path()) && shared >= longest) {
        best = Optional.of(path);
        longest = shared;
      }
    }
    return best;
  }

  private Start mount(Descriptor descriptor, String from) throws IOException, InterruptedException {
    var tail = "blobs/uploads/?mount=" + descriptor.digest() + "&from=" + from;
    try (var answer = exchange(List.of(from)).send(call("POST", tail, Map.of()))) {
      return switch (answer.status()) {
        case 201 -> new Start.Unneeded();
        case 401 -> new Start.Unasked();
        default -> new Start.At(location(answer));
      };
    } catch (RegistryException e) {
      if (e.kind() == Kind.UNAUTHORIZED) {
        return new Start.Unasked();
      }
      throw e;
    }
  }

  private URI begin() throws IOException, InterruptedException {
    try (var answer = exchange(List.of()).send(call("POST", "blobs/uploads/", Map.of()))) {
      return location(answer);
    } catch (RegistryException e) {
      throw denied(e);
    }
  }

  private static RegistryException denied(RegistryException error) {
    return error.kind() == Kind.UNAUTHORIZED
        ? error.within("push access denied, repository does not exist or may require authorization")
        : error;
  }

  private URI location(HttpAnswer answer) throws RegistryException {
    if (!GOES_ON.contains(answer.status())) {
      throw Failures.status(answer);
    }
    var text = answer.header("Location");
    try {
      boolean isPlain = text.startsWith("/") || text.contains("://");
      var target = answer.uri().resolve(isPlain ? text : answer.uri().getScheme() + "://" + text);
      boolean isWeb = "http".equals(target.getScheme()) || "https".equals(target.getScheme());
      if (!text.isEmpty() && isWeb && target.getHost() != null) {
        return target;
      }
    } catch (IllegalArgumentException _) {
      // Reported below.
    }
    throw new RegistryException(Kind.TRANSPORT, "bad upload location \"" + text + "\"");
  }

  private void put(BlobUpload upload, URI location) throws IOException, InterruptedException {
    var descriptor = upload.descriptor();
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", "application/octet-stream");
    var call =
        new HttpCall("PUT", withDigest(location, descriptor.digest()), headers, body(upload));
    boolean isOurs = HttpCall.isSameOrigin(location, repository.uri(host, ""));
    try (var answer =
        isOurs ? exchange(List.of()).send(call) : repository.transport().send(call, host)) {
      check(answer, descriptor.digest());
    }
  }

  private static HttpCall.Body body(BlobUpload upload) {
    return new HttpCall.Body() {
      @Override
      public long size() {
        return upload.descriptor().size();
      }

      @Override
      public InputStream open() throws IOException {
        return upload.open();
      }
    };
  }

  /** The query with the digest, sorted by name. */
  private static URI withDigest(URI location, Digest digest) {
    var pairs = new TreeMap<String, String>();
    var query = location.getRawQuery() == null ? "" : location.getRawQuery();
    for (var pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        pairs.put(
            equals < 0 ? pair : pair.substring(0, equals),
            equals < 0 ? "" : pair.substring(equals + 1));
      }
    }
    pairs.put("digest", TokenFetcher.encoded(digest.toString()));
    var joined = new ArrayList<String>();
    pairs.forEach((name, value) -> joined.add(name + "=" + value));
    return URI.create(
        "%s://%s%s?%s"
            .formatted(
                location.getScheme(),
                location.getRawAuthority(),
                location.getRawPath(),
                String.join("&", joined)));
  }

  private static void check(HttpAnswer answer, Digest digest) throws RegistryException {
    if (!STORED.contains(answer.status())) {
      throw Failures.status(answer);
    }
    var told = answer.header("Docker-Content-Digest");
    if (!told.isEmpty() && !told.equals(digest.toString())) {
      throw new RegistryException(Kind.TRANSPORT, "got digest " + told + ", expected " + digest);
    }
  }

  void document(Descriptor descriptor, byte[] bytes, Optional<String> tag)
      throws IOException, InterruptedException {
    var tail = "manifests/" + tag.orElse(descriptor.digest().toString());
    if (exists(descriptor, tail, tag.isPresent())) {
      return;
    }
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", descriptor.mediaType());
    var call = new HttpCall("PUT", repository.uri(host, tail), headers, HttpCall.Body.of(bytes));
    try (var answer = exchange(List.of()).send(call)) {
      check(answer, descriptor.digest());
    } catch (RegistryException e) {
      throw denied(e);
    }
  }
}
