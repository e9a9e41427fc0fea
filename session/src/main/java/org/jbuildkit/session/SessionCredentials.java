package org.jbuildkit.session;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.oci.registry.Credentials;
import org.jbuildkit.session.calls.CredentialRequest;

/**
 * Asks registries as the clients whose sessions these are. A client may fetch tokens itself: then
 * its secret stays with it.
 */
public final class SessionCredentials implements Credentials {
  private final SessionRegistry sessions;
  private final List<String> ids;
  private final Salt salt;

  /**
   * Makes a daemon's requests to token authorities its own.
   *
   * @param bytes 32 random ones, the same for the daemon's life
   */
  public record Salt(byte[] bytes) {
    /** A new one. */
    public static Salt random() {
      var bytes = new byte[32];
      new java.security.SecureRandom().nextBytes(bytes);
      return new Salt(bytes);
    }
  }

  /**
   * @param ids sessions in the order in which they are asked; none for an anonymous asker
   */
  public SessionCredentials(SessionRegistry sessions, List<String> ids, Salt salt) {
    this.sessions = sessions;
    this.ids = ids.stream().filter(id -> !id.isEmpty()).distinct().toList();
    this.salt = salt;
  }

  @Override
  public String key() {
    return String.join(":", ids);
  }

  @Override
  public Login login(String host) throws InterruptedException {
    if (ids.isEmpty()) {
      return Login.NONE;
    }
    var login = sessions.any(ids, session -> new CredentialRequest(session, host).login());
    return new Login(login.username(), login.secret());
  }

  @Override
  public Optional<Token> token(String host, Wish wish) throws InterruptedException {
    if (ids.isEmpty()) {
      return Optional.empty();
    }
    return sessions.any(
        ids,
        session -> {
          var request = new CredentialRequest(session, host);
          if (request.tokenAuthority(salt.bytes()).isEmpty()) {
            return Optional.empty();
          }
          var token = request.token(wish.realm(), wish.service(), wish.scopes());
          return Optional.of(new Token(token.value(), token.expiresIn(), token.issuedAt()));
        });
  }
}
