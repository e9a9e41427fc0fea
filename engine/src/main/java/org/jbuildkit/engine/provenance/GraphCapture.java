package org.jbuildkit.engine.provenance;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.llb.LoadedEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;

/** Finds what the steps of a graph read and use. */
final class GraphCapture {
  private final Map<Digest, String> pins;
  private final Capture capture = new Capture();

  private GraphCapture(Map<Digest, String> pins) {
    this.pins = pins;
  }

  /**
   * @param pins what sources turned out to be, by the digests of their vertices
   */
  static Capture of(LoadedGraph graph, Map<Digest, String> pins) {
    var reading = new GraphCapture(pins);
    var seen = new HashSet<Digest>();
    var pending = new ArrayDeque<LoadedVertex>();
    pending.add(graph.result().vertex());
    while (!pending.isEmpty()) {
      var vertex = pending.remove();
      if (seen.add(vertex.digest())) {
        reading.read(vertex);
        vertex.inputs().stream().map(LoadedEdge::vertex).forEach(pending::add);
      }
    }
    return reading.capture;
  }

  /** An image that was looked up. */
  static Material.Image image(Op source, Digest digest) {
    var identifier = source.getSource().getIdentifier();
    int at = identifier.indexOf("://");
    var rest = at < 0 ? identifier : identifier.substring(at + 3);
    return new Material.Image(
        rest,
        Optional.of(platform(source)),
        Optional.of(digest),
        !identifier.startsWith("docker-image://"));
  }

  private void read(LoadedVertex vertex) {
    switch (vertex.op().getOpCase()) {
      case SOURCE -> source(vertex);
      case EXEC -> exec(vertex.op().getExec());
      case BUILD -> capture.addUnknown();
      default -> {}
    }
  }

  private void source(LoadedVertex vertex) {
    var op = vertex.op();
    var identifier = op.getSource().getIdentifier();
    int at = identifier.indexOf("://");
    var rest = at < 0 ? identifier : identifier.substring(at + 3);
    var pin = Optional.ofNullable(pins.get(vertex.digest()));
    switch (at < 0 ? "" : identifier.substring(0, at)) {
      case "docker-image" -> capture.add(image(op, rest, pin, false));
      case "oci-layout" -> capture.add(image(op, rest, pin, true));
      case "docker-image+blob" -> capture.add(blob(rest, pin, false));
      case "oci-layout+blob" -> capture.add(blob(rest, pin, true));
      case "git" -> git(op, rest, pin);
      case "http", "https" -> http(op, identifier, pin);
      case "local" -> capture.addLocal(rest);
      default -> capture.addUnknown();
    }
  }

  private static Material.Image image(
      Op op, String reference, Optional<String> pin, boolean isLocal) {
    return new Material.Image(
        reference, Optional.of(platform(op)), digest(pin, reference), isLocal);
  }

  private static Platform platform(Op op) {
    if (!op.hasPlatform()) {
      return Platform.host();
    }
    return Ops.platform(op.getPlatform());
  }

  private static Material.ImageBlob blob(String reference, Optional<String> pin, boolean isLocal) {
    return new Material.ImageBlob(reference, digest(pin, reference), isLocal);
  }

  private static Optional<Digest> digest(Optional<String> pin, String reference) {
    int at = reference.lastIndexOf('@');
    return pin.flatMap(Digest::tryParse)
        .or(() -> at < 0 ? Optional.empty() : Digest.tryParse(reference.substring(at + 1)));
  }

  private void git(Op op, String rest, Optional<String> pin) {
    var attributes = op.getSource().getAttrsMap();
    int hash = rest.indexOf('#');
    var place = hash < 0 ? "" : rest.substring(hash + 1);
    int colon = place.indexOf(':');
    var ref = colon < 0 ? place : place.substring(0, colon);
    var remote =
        attributes.getOrDefault(
            SourceAttributes.GIT_FULL_URL,
            "https://" + (hash < 0 ? rest : rest.substring(0, hash)));
    capture.add(new Material.Git(ref.isEmpty() ? remote : remote + "#" + ref, pin.orElse("")));
    for (var key :
        new String[] {
          SourceAttributes.GIT_AUTH_TOKEN_SECRET, SourceAttributes.GIT_AUTH_HEADER_SECRET
        }) {
      if (attributes.containsKey(key)) {
        capture.addSecret(attributes.get(key), true);
      }
    }
    if (attributes.containsKey(SourceAttributes.GIT_MOUNT_SSH_SOCK)) {
      capture.addAgent(attributes.get(SourceAttributes.GIT_MOUNT_SSH_SOCK), true);
    }
  }

  private void http(Op op, String url, Optional<String> pin) {
    var stated = op.getSource().getAttrsMap().get(SourceAttributes.HTTP_CHECKSUM);
    capture.add(
        new Material.Http(
            url,
            pin.flatMap(Digest::tryParse)
                .or(() -> Optional.ofNullable(stated).flatMap(Digest::tryParse))));
  }

  private void exec(ExecOp exec) {
    for (var mount : exec.getMountsList()) {
      if (mount.getMountType() == MountType.SECRET) {
        capture.addSecret(mount.getSecretOpt().getID(), mount.getSecretOpt().getOptional());
      } else if (mount.getMountType() == MountType.SSH) {
        capture.addAgent(mount.getSSHOpt().getID(), mount.getSSHOpt().getOptional());
      }
    }
    exec.getSecretenvList()
        .forEach(secret -> capture.addSecret(secret.getID(), secret.getOptional()));
    if (exec.getNetwork() != NetMode.NONE) {
      capture.addNetwork();
    }
  }
}
