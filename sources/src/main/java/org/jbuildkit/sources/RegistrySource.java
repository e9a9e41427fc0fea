package org.jbuildkit.sources;

import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.session.SessionCredentials;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.store.RecordType;

/** Images in registries. There is no image store here, so that every resolve mode asks them. */
public final class RegistrySource implements Source {
  private static final Set<String> MODES = Set.of("", "default", "pull", "local");

  private final RegistryClient client;
  private final SessionRegistry sessions;
  private final SessionCredentials.Salt salt;
  private final ImageStores stores;

  public RegistrySource(
      RegistryClient client,
      SessionRegistry sessions,
      SessionCredentials.Salt salt,
      ImageStores stores) {
    this.client = client;
    this.sessions = sessions;
    this.salt = salt;
    this.stores = stores;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("docker-image");
  }

  @Override
  public Instance open(Request request) {
    var reference = reference(request.identifier());
    var mode = request.attribute(SourceAttributes.IMAGE_RESOLVE_MODE);
    if (!MODES.contains(mode)) {
      throw BuildException.invalid("invalid resolvemode: " + mode);
    }
    return new PulledImage(
        request,
        PulledImage.limit(request.attribute(SourceAttributes.IMAGE_LAYER_LIMIT)),
        recordType(request),
        stores,
        new RegistryBlobs(
            client,
            reference,
            checksum(request.attribute(SourceAttributes.IMAGE_CHECKSUM)),
            ids -> new SessionCredentials(sessions, ids, salt),
            stores));
  }

  /** The record type that a request asks for. */
  static RecordType recordType(Request request) {
    var type = request.attribute(SourceAttributes.IMAGE_RECORD_TYPE);
    if (!Set.of("", "regular", "internal", "frontend").contains(type)) {
      throw BuildException.invalid("invalid record type " + type);
    }
    return RecordType.parse(type);
  }

  private static Optional<Digest> checksum(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var digest = Digest.tryParse(text);
    if (digest.isEmpty()) {
      throw BuildException.invalid(
          "invalid image checksum " + text + ": invalid checksum digest format");
    }
    return digest;
  }

  /**
   * A reference in full: the host, a path and a tag or digest.
   *
   * @throws BuildException for anything less, which is for clients to complete
   */
  public static ImageReference reference(String identifier) {
    if (identifier.contains("://")) {
      throw BuildException.invalid("invalid reference");
    }
    int slash = identifier.indexOf('/');
    var host = slash < 0 ? identifier : identifier.substring(0, slash);
    if (host.isEmpty()) {
      throw BuildException.invalid("hostname required");
    }
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && !host.endsWith("]") && !host.substring(colon + 1).matches("[0-9]*")) {
      throw BuildException.invalid(
          "parse \"dummy://%s\": invalid port \"%s\" after host"
              .formatted(identifier, host.substring(colon)));
    }
    if (slash < 0 || !identifier.substring(slash).matches("(?s).*[:@].*")) {
      throw BuildException.invalid("object required");
    }
    var reference = ImageReference.parse(identifier);
    if (!reference.domain().equals(host)) {
      throw BuildException.invalid("invalid reference format");
    }
    return reference;
  }
}
