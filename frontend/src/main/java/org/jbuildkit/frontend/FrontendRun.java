package org.jbuildkit.frontend;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.DockerfileFrontend;
import org.jbuildkit.dockerfile.FrontendClient;
import org.jbuildkit.dockerfile.FrontendResult;
import org.jbuildkit.protocol.gateway.Attestation;
import org.jbuildkit.protocol.gateway.AttestationKind;
import org.jbuildkit.protocol.gateway.Attestations;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.RefMap;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.session.errors.StatusCodec;

/** One build of the language for a daemon, to the return of its result. */
public final class FrontendRun {
  private final BridgeClient client;

  /**
   * @param channel stays the caller's
   */
  public FrontendRun(Channel channel, RunSettings settings) {
    this.client = new BridgeClient(channel, settings);
  }

  /**
   * Builds, and returns what came out or why nothing did.
   *
   * @return whether the daemon took a result
   */
  public boolean run() throws InterruptedException {
    var answer = ReturnRequest.newBuilder();
    boolean succeeded = true;
    try {
      answer.setResult(result(DockerfileFrontend.solve(client)));
    } catch (BuildException e) {
      succeeded = false;
      answer.setError(StatusCodec.toProto(e));
    } catch (StackOverflowError | IllegalArgumentException e) {
      succeeded = false;
      answer.setError(StatusCodec.toProto(new IllegalStateException("the file is too odd", e)));
    }
    try {
      var _ = client.bridge().return_(answer.build());
      return succeeded;
    } catch (StatusRuntimeException e) {
      throw StatusCodec.decode(e);
    }
  }

  private static Result result(FrontendResult made) {
    if (made.forwarded().isPresent()) {
      return ((BridgeClient.RemoteResult) made.forwarded().get()).result();
    }
    var result = Result.newBuilder();
    made.metadata().forEach((key, value) -> result.putMetadata(key, ByteString.copyFrom(value)));
    made.scans().forEach((platform, scan) -> result.putAttestations(platform, scan(scan)));
    if (made.isMultiPlatform()) {
      var refs = RefMap.newBuilder();
      made.trees().forEach((platform, tree) -> refs.putRefs(platform, ref(tree)));
      return result.setRefs(refs).build();
    }
    var single = made.trees().values().stream().findFirst().map(FrontendRun::ref);
    return result.setRef(single.orElse(Ref.getDefaultInstance())).build();
  }

  private static Attestations scan(FrontendClient.Tree folder) {
    var bundle =
        Attestation.newBuilder()
            .setKind(AttestationKind.Bundle)
            .setRef(ref(folder))
            .setInTotoPredicateType(AttestationKeys.SPDX);
    AttestationKeys.ofSbom()
        .forEach((key, value) -> bundle.putMetadata(key, ByteString.copyFrom(value)));
    return Attestations.newBuilder().addAttestation(bundle).build();
  }

  private static Ref ref(FrontendClient.Tree tree) {
    return Ref.newBuilder().setId(((BridgeClient.RemoteTree) tree).id()).build();
  }
}
