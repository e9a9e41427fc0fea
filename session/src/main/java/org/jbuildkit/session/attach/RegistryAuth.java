package org.jbuildkit.session.attach;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.oci.registry.Credentials.Login;
import org.jbuildkit.oci.registry.Credentials.Token;
import org.jbuildkit.oci.registry.Credentials.Wish;
import org.jbuildkit.oci.registry.TlsTrust;
import org.jbuildkit.oci.registry.TokenClient;
import org.jbuildkit.protocol.auth.AuthGrpc;
import org.jbuildkit.protocol.auth.CredentialsRequest;
import org.jbuildkit.protocol.auth.CredentialsResponse;
import org.jbuildkit.protocol.auth.FetchTokenRequest;
import org.jbuildkit.protocol.auth.FetchTokenResponse;
import org.jbuildkit.protocol.auth.GetTokenAuthorityRequest;
import org.jbuildkit.protocol.auth.GetTokenAuthorityResponse;
import org.jbuildkit.protocol.auth.VerifyTokenAuthorityRequest;
import org.jbuildkit.protocol.auth.VerifyTokenAuthorityResponse;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.session.attach.RegistryCredentials.Credential;
import org.jbuildkit.session.errors.StatusCodec;
import org.jspecify.annotations.Nullable;

/** Lets the daemon reach registries as this client; passwords stay here where tokens do. */
public final class RegistryAuth extends AuthGrpc.AuthImplBase {
  private static final long DEFAULT_EXPIRY_SECONDS = 60;

  private final RegistryCredentials credentials;
  private final boolean tokens;
  private final Map<String, TlsTrust> trust;
  private final AuthProgress progress = new AuthProgress();
  private @Nullable TokenClient client;

  /**
   * @param tokens whether tokens are fetched here rather than by the daemon
   */
  public RegistryAuth(RegistryCredentials credentials, boolean tokens) {
    this(credentials, tokens, Map.of());
  }

  /**
   * @param trust whose certificates are believed when tokens for a registry are fetched, by its
   *     host; the system's where nothing is said
   */
  public RegistryAuth(
      RegistryCredentials credentials, boolean tokens, Map<String, TlsTrust> trust) {
    this.credentials = credentials;
    this.tokens = tokens;
    this.trust = Map.copyOf(trust);
  }

  /**
   * Shows what happens here among a build's steps from now on; {@code sink} may be called by any
   * thread.
   */
  public void showTo(Consumer<StatusResponse> sink) {
    progress.to(sink);
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
          var found = credentials.find(request.getHost());
          if (found.isPresent()) {
            response.setUsername(found.get().username()).setSecret(found.get().secret());
          }
          if (!response.getSecret().isEmpty()) {
            progress.sharing(request.getHost());
          }
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
              ? fetch(request, credential)
              : FetchTokenResponse.newBuilder().setToken(ready).build();
        });
  }

  private FetchTokenResponse fetch(FetchTokenRequest request, Optional<Credential> credential)
      throws IOException, InterruptedException {
    var login =
        credential.map(known -> new Login(known.username(), known.secret())).orElse(Login.NONE);
    var scopes =
        request.getScopesList().stream().map(s -> s.replaceFirst("^repository:", "")).toList();
    AuthProgress.Work<Token> fetching =
        () ->
            client()
                .fetch(
                    request.getHost(),
                    trust.getOrDefault(request.getHost(), TlsTrust.SYSTEM),
                    new Wish(request.getRealm(), request.getService(), request.getScopesList()),
                    login);
    var token =
        login.secret().isEmpty()
            ? fetching.run()
            : progress.during(
                "[auth] " + String.join(" ", scopes) + " token for " + request.getHost(), fetching);
    return FetchTokenResponse.newBuilder()
        .setToken(token.value())
        .setExpiresIn(token.expiresIn() == 0 ? DEFAULT_EXPIRY_SECONDS : token.expiresIn())
        .setIssuedAt(token.issuedAt())
        .build();
  }

  private synchronized TokenClient client() {
    var known = client;
    if (known == null) {
      known = new TokenClient(System.getenv());
      client = known;
    }
    return known;
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
