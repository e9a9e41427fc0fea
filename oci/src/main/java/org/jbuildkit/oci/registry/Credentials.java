package org.jbuildkit.oci.registry;

import java.util.List;
import java.util.Optional;

/** Who asks a registry. */
public interface Credentials {

  /** Tells askers apart: what one was granted is not used for another. */
  String key();

  /** User name and secret at a host; both empty for an anonymous asker. */
  Login login(String host) throws InterruptedException;

  /**
   * A token that the asker fetches itself, so that its secret stays with it; empty if it leaves
   * that to us.
   */
  Optional<Token> token(String host, Wish wish) throws InterruptedException;

  /**
   * @param username empty if the secret is an identity token
   */
  record Login(String username, String secret) {
    /** Of an anonymous asker. */
    public static final Login NONE = new Login("", "");
  }

  /**
   * What a token is wanted for.
   *
   * @param realm address of the token server
   * @param scopes {@code repository:name:actions}
   */
  record Wish(String realm, String service, List<String> scopes) {
    public Wish {
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * @param expiresIn seconds from {@code issuedAt}; 0 for unknown
   * @param issuedAt seconds of Unix time; 0 for now
   */
  record Token(String value, long expiresIn, long issuedAt) {}

  /** Somebody without a name. */
  static Credentials anonymous() {
    return of(Login.NONE);
  }

  /** The same name and secret everywhere. */
  static Credentials of(Login login) {
    return new Credentials() {
      @Override
      public String key() {
        return login.username();
      }

      @Override
      public Login login(String host) {
        return login;
      }

      @Override
      public Optional<Token> token(String host, Wish wish) {
        return Optional.empty();
      }
    };
  }
}
