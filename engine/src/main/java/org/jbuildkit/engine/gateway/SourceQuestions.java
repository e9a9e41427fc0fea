package org.jbuildkit.engine.gateway;

import com.google.protobuf.ByteString;
import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceImageResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;

/** Answers what frontends ask about sources before they use them. */
public final class SourceQuestions {
  private static final int OCI_LAYOUT = 1;

  private SourceQuestions() {}

  public static ResolveImageConfigResponse answer(Build build, ResolveImageConfigRequest request)
      throws IOException, InterruptedException {
    var source = SourceOp.newBuilder();
    if (request.getResolverType() == OCI_LAYOUT) {
      source
          .setIdentifier("oci-layout://" + request.getRef())
          .putAttrs(SourceAttributes.OCI_SESSION, request.getSessionID())
          .putAttrs(SourceAttributes.OCI_STORE, request.getStoreID());
    } else {
      source
          .setIdentifier("docker-image://" + request.getRef())
          .putAttrs(SourceAttributes.IMAGE_RESOLVE_MODE, request.getResolveMode());
    }
    var op = Op.newBuilder().setSource(source);
    if (request.hasPlatform()) {
      op.setPlatform(request.getPlatform());
    }
    var allowed = build.allowed(op.build(), request.getSourcePoliciesList());
    var image = build.metadata(allowed, platform(allowed), request.getLogName());
    return ResolveImageConfigResponse.newBuilder()
        .setDigest(image.digest().toString())
        .setConfig(ByteString.copyFrom(image.config()))
        .setRef(reference(source.getIdentifier(), allowed.getSource().getIdentifier()))
        .build();
  }

  private static String reference(String asked, String taken) {
    var scheme = asked.substring(0, asked.indexOf("://") + 3);
    if (!taken.startsWith(scheme)) {
      throw BuildException.failed("ref mutated by policy to non-image: " + asked + " -> " + taken);
    }
    return taken.substring(scheme.length());
  }

  /** Answers for the source asked about, or for what policies put in its place. */
  public static ResolveSourceMetaResponse answer(Build build, ResolveSourceMetaRequest request)
      throws IOException, InterruptedException {
    if (!request.hasSource()) {
      throw BuildException.invalid("rpc error: code = InvalidArgument desc = source is required");
    }
    var op = Op.newBuilder().setSource(request.getSource());
    if (request.hasPlatform()) {
      op.setPlatform(request.getPlatform());
    }
    var allowed = build.allowed(op.build(), request.getSourcePoliciesList());
    return unchecked(build, request.toBuilder().setSource(allowed.getSource()).build());
  }

  /** Answers whatever policies say. */
  static ResolveSourceMetaResponse unchecked(Build build, ResolveSourceMetaRequest request)
      throws IOException, InterruptedException {
    if (request.getImage().getAttestationChain()
        || request.getImage().getResolveAttestationsCount() > 0) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "attestation chains are not supported by this daemon");
    }
    var source = request.getSource();
    var answer = ResolveSourceMetaResponse.newBuilder().setSource(source);
    var identifier = source.getIdentifier();
    if (identifier.startsWith("docker-image://") || identifier.startsWith("oci-layout://")) {
      var asked = source.toBuilder();
      if (!request.getResolveMode().isEmpty()) {
        asked.putAttrs(SourceAttributes.IMAGE_RESOLVE_MODE, request.getResolveMode());
      }
      var op = Op.newBuilder().setSource(asked);
      if (request.hasPlatform()) {
        op.setPlatform(request.getPlatform());
      }
      var image = build.metadata(op.build(), platform(op.build()), request.getLogName());
      var found = ResolveSourceImageResponse.newBuilder().setDigest(image.digest().toString());
      if (!request.getImage().getNoConfig()) {
        found.setConfig(ByteString.copyFrom(image.config()));
      }
      return answer.setImage(found).build();
    }
    if (identifier.startsWith("local://")) {
      return answer.build();
    }
    throw new BuildException(
        ErrorCode.UNIMPLEMENTED, "metadata of " + identifier + " is not supported by this daemon");
  }

  private static String platform(Op op) {
    if (!op.hasPlatform()) {
      return "";
    }
    var wire = op.getPlatform();
    return new Platform(
            wire.getOS(),
            wire.getArchitecture(),
            wire.getVariant(),
            wire.getOSVersion(),
            wire.getOSFeaturesList())
        .normalized()
        .formatAll();
  }
}
