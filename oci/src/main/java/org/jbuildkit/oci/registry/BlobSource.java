package org.jbuildkit.oci.registry;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.registry.RegistryException.Kind;
import org.jbuildkit.oci.registry.RegistryHost.Role;
import org.jspecify.annotations.Nullable;

/** Opens a blob at any offset, wherever it is to be had. */
final class BlobSource {
  private static final String ENCODINGS = "zstd;q=1.0, gzip;q=0.8, deflate;q=0.5";

  private final Repository repository;
  private final Descriptor descriptor;

  BlobSource(Repository repository, Descriptor descriptor) {
    this.repository = repository;
    this.descriptor = descriptor;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  InputStream open(long offset) throws IOException, InterruptedException {
    for (var url : descriptor.urls()) {
      try {
        return foreign(url, offset);
      } catch (RegistryException e) {
        if (e.kind() != Kind.NOT_FOUND) {
          throw e;
        }
      }
    }
    return own(offset);
  }

  private HttpCall call(URI uri, long offset) {
    var call =
        new HttpCall("GET", uri, Repository.accepting(descriptor.mediaType() + ", */*"))
            .with("Accept-Encoding", ENCODINGS);
    return offset > 0 ? call.with("Range", "bytes=" + offset + "-") : call;
  }

  /** Somebody else's server: it gets no credentials. */
  private InputStream foreign(String url, long offset) throws IOException, InterruptedException {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new RegistryException(Kind.NOT_FOUND, "bad layer URL", new IOException(e));
    }
    if (uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
      throw new RegistryException(Kind.NOT_FOUND, "bad layer URL");
    }
    var scheme =
        uri.getScheme().equals("http") ? RegistryHost.Scheme.HTTP : RegistryHost.Scheme.HTTPS;
    var host =
        new RegistryHost(uri.getAuthority(), "", scheme, java.util.Set.of(), TlsTrust.SYSTEM);
    return body(repository.transport().send(call(uri, offset), host), offset);
  }

  private InputStream own(long offset) throws IOException, InterruptedException {
    var hosts = repository.hosts(Role.PULL);
    var scopes = List.of(Scopes.pull(repository.name().path()));
    var tail = Repository.tail(descriptor.mediaType(), descriptor.digest());
    @Nullable RegistryException failure = null;
    for (int i = 0; i < hosts.size(); i++) {
      var exchange = repository.exchange(hosts.get(i), i == hosts.size() - 1, scopes);
      try {
        return body(exchange.send(call(repository.uri(hosts.get(i), tail), offset)), offset);
      } catch (RegistryException e) {
        boolean tellsMore =
            failure == null || (failure.kind() == Kind.NOT_FOUND && e.kind() != Kind.NOT_FOUND);
        failure = tellsMore ? e : failure;
      }
    }
    if (failure == null || failure.kind() == Kind.NOT_FOUND) {
      throw new RegistryException(
          Kind.NOT_FOUND,
          "could not fetch content descriptor %s (%s) from remote: not found"
              .formatted(descriptor.digest(), descriptor.mediaType()));
    }
    throw failure;
  }

  private static InputStream body(HttpAnswer answer, long offset)
      throws IOException, InterruptedException {
    if (answer.status() != 200 && answer.status() != 206) {
      throw Failures.status(answer);
    }
    try {
      boolean isPart = answer.status() == 206;
      if (isPart && !answer.header("Content-Range").startsWith("bytes " + offset + "-")) {
        throw new RegistryException(
            Kind.TRANSPORT,
            "unhandled content range in response: " + answer.header("Content-Range"));
      }
      var plain = decoded(answer);
      plain.skipNBytes(isPart ? 0 : offset);
      return plain;
    } catch (IOException | RuntimeException e) {
      answer.close();
      throw e;
    }
  }

  private static InputStream decoded(HttpAnswer answer) throws IOException {
    var encodings = new ArrayList<String>();
    for (var header : answer.headers().allValues("Content-Encoding")) {
      encodings.addAll(List.of(header.toLowerCase(Locale.ROOT).split(",", -1)));
    }
    InputStream plain = answer.body();
    for (var encoding : encodings.reversed()) {
      plain =
          switch (encoding.trim()) {
            case "", "identity" -> plain;
            case "gzip", "x-gzip" -> new GZIPInputStream(plain);
            case "deflate" -> new InflaterInputStream(plain);
            case "zstd" -> new ZstdInputStream(plain);
            default ->
                throw new RegistryException(
                    Kind.TRANSPORT, "unsupported Content-Encoding algorithm: " + encoding.trim());
          };
    }
    return plain;
  }
}
