package org.jbuildkit.session.calls;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.auth.AuthGrpc;
import org.jbuildkit.protocol.auth.CredentialsRequest;
import org.jbuildkit.protocol.auth.FetchTokenRequest;
import org.jbuildkit.protocol.auth.GetTokenAuthorityRequest;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.errors.StatusCodec;

/** Asks one client to log in to a registry. */
public final class CredentialRequest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CLIENT_ID = "buildkit-client";

  /** Both texts are empty for anonymous use; only the user name is for an identity token. */
  public record Login(String username, String secret) {}

  /**
   * @param expiresIn seconds from {@code issuedAt}; 0 if the client does not tell
   * @param issuedAt seconds of Unix time; 0 if the client does not tell
   */
  public record Token(String value, long expiresIn, long issuedAt) {}

  private final Session session;
  private final String host;

  /**
   * @param host the registry's, port included if it has one
   */
  public CredentialRequest(Session session, String host) {
    this.session = session;
    this.host = host;
  }

  private AuthGrpc.AuthBlockingStub stub() {
    return AuthGrpc.newBlockingStub(session.channel())
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the client knows of itself at the registry; a client without the service is anonymous. */
  public Login login() {
    try {
      var answer = stub().credentials(CredentialsRequest.newBuilder().setHost(host).build());
      return new Login(answer.getUsername(), answer.getSecret());
    } catch (StatusRuntimeException e) {
      var error = StatusCodec.decode(e);
      if (error.code() == ErrorCode.UNIMPLEMENTED) {
        return new Login("", "");
      }
      throw error;
    }
  }

  /**
   * The public key of the client's token authority, or empty if the client leaves tokens to the
   * daemon.
   *
   * @param salt 32 random bytes that stay the same for the daemon's life
   */
  public Optional<byte[]> tokenAuthority(byte[] salt) {
    try {
      var request =
          GetTokenAuthorityRequest.newBuilder()
              .setHost(host)
              .setSalt(ByteString.copyFrom(salt))
              .build();
      return Optional.of(stub().getTokenAuthority(request).getPublicKey().toByteArray());
    } catch (StatusRuntimeException e) {
      var error = StatusCodec.decode(e);
      if (error.code() == ErrorCode.UNIMPLEMENTED || error.code() == ErrorCode.UNAVAILABLE) {
        return Optional.empty();
      }
      throw error;
    }
  }

  /**
   * Lets the client fetch a token, so that its secret stays with it.
   *
   * @throws BuildException why there is no token
   */
  public Token token(String realm, String service, List<String> scopes) {
    try {
      var answer =
          stub()
              .fetchToken(
                  FetchTokenRequest.newBuilder()
                      .setClientID(CLIENT_ID)
                      .setHost(host)
                      .setRealm(realm)
                      .setService(service)
                      .addAllScopes(scopes)
                      .build());
      return new Token(answer.getToken(), answer.getExpiresIn(), answer.getIssuedAt());
    } catch (StatusRuntimeException e) {
      throw StatusCodec.decode(e);
    }
  }
}
