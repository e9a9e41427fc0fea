package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.compress.VerifyingInputStream;
import org.jbuildkit.oci.registry.RegistryException.Kind;
import org.jbuildkit.oci.registry.RegistryHost.Role;

/** One repository of a registry, seen by one asker. */
public final class Repository {
  private final ImageReference name;
  private final List<RegistryHost> hosts;
  private final HttpTransport transport;
  private final DomainLimits limits;
  private final Function<RegistryHost, Authorizer> authorizers;

  Repository(
      ImageReference name,
      List<RegistryHost> hosts,
      HttpTransport transport,
      DomainLimits limits,
      Function<RegistryHost, Authorizer> authorizers) {
    this.name = name;
    this.hosts = List.copyOf(hosts);
    this.transport = transport;
    this.limits = limits;
    this.authorizers = authorizers;
  }

  /** Without tag and digest. */
  public ImageReference name() {
    return name;
  }

  List<RegistryHost> hosts(Role role) {
    return hosts.stream().filter(host -> host.has(role)).toList();
  }

  HttpTransport transport() {
    return transport;
  }

  Exchange exchange(RegistryHost host, boolean isLast, List<String> scopes) {
    return new Exchange(transport, authorizers.apply(host), host, scopes, isLast);
  }

  /** The address of something in this repository at a host. */
  java.net.URI uri(RegistryHost host, String tail) {
    boolean speaksForItself = ConfiguredHosts.speaksFor(host.authority(), name.domain());
    return host.uri(
        name.path(), tail, speaksForItself ? "" : "ns=" + TokenFetcher.encoded(name.domain()));
  }

  DomainLimits.Slot slot(String mediaType) throws InterruptedException {
    return limits.acquire(name.domain(), mediaType);
  }

  /**
   * What a tag or digest stands for right now: media type, digest and size of the document.
   *
   * @throws RegistryException {@link Kind#NOT_FOUND} if no host has it
   */
  public Descriptor resolve(ImageReference reference) throws IOException, InterruptedException {
    return new Resolution(this, reference, false).run();
  }

  /**
   * What a digest alone names: a blob, or else a document.
   *
   * @throws RegistryException {@link Kind#NOT_FOUND} if no host has it
   */
  public Descriptor find(Digest digest) throws IOException, InterruptedException {
    return new Resolution(this, name.withDigest(digest), true).run();
  }

  /**
   * A blob's or document's bytes, verified while they are read; a lost connection is taken up where
   * it ended. Holds one of the registry's transfer slots until it is closed.
   */
  public InputStream open(Descriptor descriptor) throws IOException, InterruptedException {
    return new VerifyingInputStream(openUnverified(descriptor), descriptor);
  }

  /** As {@link #open}, for those who compare size and digest themselves. */
  public InputStream openUnverified(Descriptor descriptor)
      throws IOException, InterruptedException {
    if (descriptor.size() == 0) {
      throw new RegistryException(
          Kind.TRANSPORT,
          "unable to fetch descriptor (%s) which reports content size of zero: invalid argument"
              .formatted(descriptor.digest()));
    }
    var slot = slot(descriptor.mediaType());
    try {
      return new ResumedInput(new BlobSource(this, descriptor), slot);
    } catch (IOException | InterruptedException | RuntimeException e) {
      slot.close();
      throw e;
    }
  }

  /** A document's bytes, bounded and verified. */
  public byte[] document(Descriptor descriptor) throws IOException, InterruptedException {
    Documents.checkSize(descriptor);
    try (var in = open(descriptor)) {
      return in.readNBytes(Documents.MAX_SIZE);
    }
  }

  /** Puts a blob into the repository unless it is there. */
  public void push(BlobUpload upload) throws IOException, InterruptedException {
    new Upload(this, pushHost()).blob(upload);
  }

  /**
   * Puts a manifest or index into the repository, under a tag or under its digest.
   *
   * @param mediaType as it is sent
   */
  public void pushDocument(String mediaType, byte[] bytes, Optional<String> tag)
      throws IOException, InterruptedException {
    try (var slot = slot(mediaType)) {
      new Upload(this, pushHost()).document(Descriptor.of(mediaType, bytes), bytes, tag);
    }
  }

  private RegistryHost pushHost() throws RegistryException {
    return hosts(Role.PUSH).stream()
        .findFirst()
        .orElseThrow(() -> new RegistryException(Kind.NOT_FOUND, "no push hosts: not found"));
  }

  /** Where the registry keeps what a digest names. */
  static String tail(String mediaType, Digest digest) {
    boolean isDocument = MediaType.isManifest(mediaType) || MediaType.isIndex(mediaType);
    return (isDocument ? "manifests/" : "blobs/") + digest;
  }

  static Map<String, String> accepting(String types) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", types);
    return headers;
  }
}
