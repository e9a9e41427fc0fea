package org.jbuildkit.session.calls;

import io.grpc.StatusRuntimeException;
import org.jbuildkit.protocol.policysession.CheckPolicyRequest;
import org.jbuildkit.protocol.policysession.CheckPolicyResponse;
import org.jbuildkit.protocol.policysession.PolicyVerifierGrpc;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.errors.StatusCodec;

/** Asks a client whether a source may be used. */
public final class PolicyQuestion {
  private PolicyQuestion() {}

  /**
   * @throws org.jbuildkit.base.BuildException if the client can't or won't tell
   */
  public static CheckPolicyResponse ask(Session session, CheckPolicyRequest request) {
    try {
      return PolicyVerifierGrpc.newBlockingStub(session.channel()).checkPolicy(request);
    } catch (StatusRuntimeException e) {
      throw StatusCodec.decode(e);
    }
  }
}
