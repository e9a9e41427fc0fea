package org.jbuildkit.session.attach;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.auth.AuthGrpc;
import org.jbuildkit.protocol.auth.CredentialsRequest;
import org.jbuildkit.protocol.auth.CredentialsResponse;
import org.jbuildkit.protocol.auth.FetchTokenRequest;
import org.jbuildkit.protocol.auth.FetchTokenResponse;
import org.jbuildkit.protocol.auth.GetTokenAuthorityRequest;
import org.jbuildkit.protocol.auth.GetTokenAuthorityResponse;
import org.jbuildkit.protocol.auth.VerifyTokenAuthorityRequest;
import org.jbuildkit.protocol.auth.VerifyTokenAuthorityResponse;
import org.jbuildkit.session.errors.StatusCodec;
import org.jspecify.annotations.Nullable;

/** Lets the daemon reach registries as this client; passwords stay here where tokens do. */
public final class RegistryAuth extends AuthGrpc.AuthImplBase {
  private final RegistryCredentials credentials;
  private final boolean tokens;
  private @Nullable HttpClient http;

  /**
   * @param tokens whether tokens are fetched here rather than by the daemon
   */
  public RegistryAuth(RegistryCredentials credentials, boolean tokens) {
    this.credentials = credentials;
    this.tokens = tokens;
  }

  private interface Answer<T> {
    T make() throws IOException, InterruptedException, GeneralSecurityException;
  }

  private static <T> void answer(StreamObserver<T> out, Answer<T> answer) {
    try {
      out.onNext(answer.make());
      out.onCompleted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.onError(StatusCodec.encode(e));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      out.onError(StatusCodec.encode(e));
    }
  }

  @Override
  public void credentials(CredentialsRequest request, StreamObserver<CredentialsResponse> out) {
    answer(
        out,
        () -> {
          var response = CredentialsResponse.newBuilder();
          credentials
              .find(request.getHost())
              .ifPresent(found -> response.setUsername(found.username()).setSecret(found.secret()));
          return response.build();
        });
  }

  @Override
  public void fetchToken(FetchTokenRequest request, StreamObserver<FetchTokenResponse> out) {
    answer(
        out,
        () -> {
          var credential = credentials.find(request.getHost());
          var ready = credential.map(found -> found.registryToken()).orElse("");
          return ready.isEmpty()
              ? new TokenRequest(http(), request).fetch(credential)
              : FetchTokenResponse.newBuilder().setToken(ready).build();
        });
  }

  private synchronized HttpClient http() {
    var client = http;
    if (client == null) {
      client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
      http = client;
    }
    return client;
  }

  private TokenKey key(String host, ByteString salt) throws IOException, GeneralSecurityException {
    if (!tokens) {
      throw StatusCodec.framed(ErrorCode.UNAVAILABLE, "client side tokens disabled");
    }
    if (salt.isEmpty()) {
      throw new BuildException(ErrorCode.INVALID_ARGUMENT, "salt is required");
    }
    boolean known = credentials.find(host).filter(c -> !c.secret().isEmpty()).isPresent();
    return TokenKey.of(salt.toByteArray(), known ? credentials.tokenSeed(host) : new byte[0]);
  }

  @Override
  public void getTokenAuthority(
      GetTokenAuthorityRequest request, StreamObserver<GetTokenAuthorityResponse> out) {
    answer(
        out,
        () ->
            GetTokenAuthorityResponse.newBuilder()
                .setPublicKey(
                    ByteString.copyFrom(key(request.getHost(), request.getSalt()).publicKey()))
                .build());
  }

  @Override
  public void verifyTokenAuthority(
      VerifyTokenAuthorityRequest request, StreamObserver<VerifyTokenAuthorityResponse> out) {
    answer(
        out,
        () ->
            VerifyTokenAuthorityResponse.newBuilder()
                .setSigned(
                    ByteString.copyFrom(
                        key(request.getHost(), request.getSalt())
                            .sign(request.getPayload().toByteArray())))
                .build());
  }
}
