package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.gateway.Build;
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
final class SourceQuestions {
  private static final int OCI_LAYOUT = 1;

  private SourceQuestions() {}

  static ResolveImageConfigResponse answer(Build build, ResolveImageConfigRequest request)
      throws IOException, InterruptedException {
    refusePolicies(request.getSourcePoliciesCount());
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
    var image = build.resolveImage(op.build(), platform(op.build()), request.getLogName());
    return ResolveImageConfigResponse.newBuilder()
        .setDigest(image.digest().toString())
        .setConfig(ByteString.copyFrom(image.config()))
        .setRef(request.getRef())
        .build();
  }

  static ResolveSourceMetaResponse answer(Build build, ResolveSourceMetaRequest request)
      throws IOException, InterruptedException {
    refusePolicies(request.getSourcePoliciesCount());
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
      var image = build.resolveImage(op.build(), platform(op.build()), request.getLogName());
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

  private static void refusePolicies(int count) {
    if (count > 0) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED, "source policies are not supported by this daemon");
    }
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
