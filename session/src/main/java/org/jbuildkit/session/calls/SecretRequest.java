package org.jbuildkit.session.calls;

import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.secrets.GetSecretRequest;
import org.jbuildkit.protocol.secrets.SecretsGrpc;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.errors.StatusCodec;

/** Asks clients for a secret. */
public final class SecretRequest {
  private SecretRequest() {}

  /**
   * The secret's bytes from the first session that has it, or empty if the clients that answered do
   * not have it.
   *
   * @param sessions ids in the order in which they are asked
   * @throws BuildException if there is no session to ask, or the last one asked failed otherwise
   */
  public static Optional<byte[]> find(SessionRegistry registry, List<String> sessions, String id)
      throws InterruptedException {
    try {
      return Optional.of(registry.any(sessions, session -> ask(session, id)));
    } catch (BuildException e) {
      if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.UNIMPLEMENTED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static byte[] ask(Session session, String id) {
    try {
      return SecretsGrpc.newBlockingStub(session.channel())
          .getSecret(GetSecretRequest.newBuilder().setID(id).build())
          .getData()
          .toByteArray();
    } catch (StatusRuntimeException e) {
      throw StatusCodec.decode(e);
    }
  }
}
