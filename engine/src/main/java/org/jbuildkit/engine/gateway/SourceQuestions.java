package org.jbuildkit.engine.gateway;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.gateway.ChecksumRequest;
import org.jbuildkit.protocol.gateway.ChecksumResponse;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceGitResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceHTTPResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceImageResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;

/** Answers what frontends ask about sources before they use them. */
public final class SourceQuestions {
  private static final int OCI_LAYOUT = 1;
  private static final int MAX_SUFFIX = 4096;

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
    if (identifier.startsWith("git://")) {
      return answer.setGit(repository(build, request)).build();
    }
    if (identifier.startsWith("http://") || identifier.startsWith("https://")) {
      return answer.setHTTP(file(build, request)).build();
    }
    return answer.build();
  }

  private static ResolveSourceGitResponse repository(Build build, ResolveSourceMetaRequest request)
      throws IOException, InterruptedException {
    var op = op(request);
    boolean withObjects = request.getGit().getReturnObject();
    var found =
        build.looked(
            op,
            platform(op),
            request.getLogName(),
            (source, context) -> source.repository(withObjects, context).orElseThrow());
    var answer =
        ResolveSourceGitResponse.newBuilder()
            .setRef(found.ref())
            .setChecksum(found.object())
            .setCommitChecksum(found.commit());
    found.commitObject().map(ByteString::copyFrom).ifPresent(answer::setCommitObject);
    found.tagObject().map(ByteString::copyFrom).ifPresent(answer::setTagObject);
    return answer.build();
  }

  private static ResolveSourceHTTPResponse file(Build build, ResolveSourceMetaRequest request)
      throws IOException, InterruptedException {
    var op = op(request);
    Optional<Source.ChecksumQuestion> question =
        request.getHTTP().hasChecksumRequest()
            ? Optional.of(question(request.getHTTP().getChecksumRequest()))
            : Optional.empty();
    var found =
        build.looked(
            op,
            platform(op),
            request.getLogName(),
            (source, context) -> source.file(question, context).orElseThrow());
    var answer =
        ResolveSourceHTTPResponse.newBuilder()
            .setChecksum(found.checksum().toString())
            .setFilename(found.fileName());
    found.lastModified().map(Timestamps::of).ifPresent(answer::setLastModified);
    found
        .answer()
        .ifPresent(digest ->
            answer.setChecksumResponse(
                ChecksumResponse.newBuilder()
                    .setDigest(digest.toString())
                    .setSuffix(request.getHTTP().getChecksumRequest().getSuffix())));
    return answer.build();
  }

  private static Source.ChecksumQuestion question(ChecksumRequest request) {
    if (request.getSuffix().size() > MAX_SUFFIX) {
      throw BuildException.invalid("http checksum request suffix exceeds max size " + MAX_SUFFIX);
    }
    var algorithm =
        switch (request.getAlgo()) {
          case CHECKSUM_ALGO_SHA256 -> "sha256";
          case CHECKSUM_ALGO_SHA384 -> "sha384";
          case CHECKSUM_ALGO_SHA512 -> "sha512";
          case UNRECOGNIZED ->
              throw BuildException.invalid(
                  "unsupported checksum algorithm: " + request.getAlgoValue());
        };
    return new Source.ChecksumQuestion(algorithm, request.getSuffix().toByteArray());
  }

  private static Op op(ResolveSourceMetaRequest request) {
    var op = Op.newBuilder().setSource(request.getSource());
    return request.hasPlatform() ? op.setPlatform(request.getPlatform()).build() : op.build();
  }

  private static String platform(Op op) {
    if (!op.hasPlatform()) {
      return "";
    }
    return Ops.platform(op.getPlatform()).formatAll();
  }
}
