package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Shared;
import org.jbuildkit.oci.registry.Credentials.Token;
import org.jbuildkit.oci.registry.Credentials.Wish;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/** What one asker was granted at one host: learnt from the host's challenges. */
final class Authorizer {
  private static final long DEFAULT_SECONDS = 60;

  private final Credentials credentials;
  private final HttpTransport transport;
  private final RegistryHost host;
  private final Clock clock;
  private volatile Grant grant = new Nothing();

  Authorizer(Credentials credentials, HttpTransport transport, RegistryHost host, Clock clock) {
    this.credentials = credentials;
    this.transport = transport;
    this.host = host;
    this.clock = clock;
  }

  /** What the host wants, learnt from another asker's challenge; nothing that this was granted. */
  void learn(Authorizer other) {
    if (other.grant instanceof Bearer known) {
      grant = new Bearer(known.realm(), known.service(), known.scopes(), new ConcurrentHashMap<>());
    }
  }

  private sealed interface Grant {}

  /** No challenge was met. */
  private record Nothing() implements Grant {}

  private record Basic(String header) implements Grant {}

  /** Tokens by the scopes that they are for. */
  private record Bearer(
      String realm, String service, List<String> scopes, Map<String, Shared<Timed>> tokens)
      implements Grant {}

  /**
   * @param until seconds of Unix time
   */
  private record Timed(String value, long until) {}

  /** The header to send, if the host is known to want one. */
  Optional<String> header(Collection<String> scopes) throws IOException, InterruptedException {
    return switch (grant) {
      case Nothing _ -> Optional.empty();
      case Basic(String header) -> Optional.of(header);
      case Bearer bearer -> Optional.of("Bearer " + token(bearer, scopes));
    };
  }

  private String token(Bearer bearer, Collection<String> more)
      throws IOException, InterruptedException {
    var wanted = merged(bearer.scopes(), more);
    var key = String.join(" ", wanted);
    var wish = new Wish(bearer.realm(), bearer.service(), wanted);
    while (true) {
      var slot =
          bearer
              .tokens()
              .computeIfAbsent(key, _ -> new Shared<>("token " + key, () -> fetch(wish)));
      try {
        var token = slot.await();
        if (clock.instant().getEpochSecond() < token.until()) {
          return token.value();
        }
        bearer.tokens().remove(key, slot);
      } catch (BuildException e) {
        bearer.tokens().remove(key, slot);
        if (e.getCause() instanceof RegistryException inner) {
          throw inner;
        }
        throw e;
      }
    }
  }

  private Timed fetch(Wish wish) throws IOException, InterruptedException {
    var own = credentials.token(host.authority(), wish);
    var token =
        own.isPresent()
            ? own.get()
            : new TokenFetcher(transport, host).fetch(wish, credentials.login(host.authority()));
    return new Timed(token.value(), until(token));
  }

  private long until(Token token) {
    long now = clock.instant().getEpochSecond();
    long seconds = token.expiresIn() <= 0 ? DEFAULT_SECONDS : token.expiresIn();
    long issued = token.issuedAt() <= 0 ? now : token.issuedAt();
    long until = issued + (long) (Math.min(seconds, 1L << 40) * 0.9);
    return until <= now ? Long.MAX_VALUE : until;
  }

  private static List<String> merged(Collection<String> one, Collection<String> other) {
    var all = new ArrayList<>(one);
    all.addAll(other);
    return Scopes.merged(all);
  }

  /**
   * Learns from a 401.
   *
   * @param isRepeated whether the same request got a 401 just before
   * @return whether another attempt makes sense
   * @throws RegistryException if the asker is rejected for good
   */
  boolean challenged(HttpAnswer answer, Collection<String> scopes, boolean isRepeated)
      throws IOException, InterruptedException {
    for (var challenge : Challenge.of(answer.headers().allValues("WWW-Authenticate"))) {
      if (challenge.scheme().equals("bearer")) {
        bearer(challenge, scopes, isRepeated);
        return true;
      }
      if (challenge.scheme().equals("basic")) {
        return basic(isRepeated);
      }
    }
    return false;
  }

  private boolean basic(boolean isRepeated) throws InterruptedException {
    var login = credentials.login(host.authority());
    if (isRepeated || login.username().isEmpty() || login.secret().isEmpty()) {
      return false;
    }
    grant = new Basic(TokenFetcher.basic(login));
    return true;
  }

  private void bearer(Challenge challenge, Collection<String> scopes, boolean isRepeated)
      throws RegistryException {
    var asked = new ArrayList<>(List.of(challenge.parameter("scope").split(" ", -1)));
    asked.removeIf(String::isEmpty);
    boolean isRejected = isRepeated && !challenge.parameter("error").isEmpty();
    if (grant instanceof Bearer known) {
      if (!isRejected) {
        return;
      }
      boolean hadAll =
          new HashSet<>(merged(known.scopes(), scopes)).containsAll(Scopes.merged(asked));
      if (challenge.parameter("error").equals("insufficient_scope") && hadAll) {
        throw new RegistryException(
            Kind.UNAUTHORIZED, "server message: insufficient_scope: authorization failed");
      }
      asked.addAll(known.scopes());
    }
    if (challenge.parameter("realm").isEmpty()) {
      throw new RegistryException(Kind.TRANSPORT, "no realm specified for token auth challenge");
    }
    grant =
        new Bearer(
            challenge.parameter("realm"),
            challenge.parameter("service"),
            Scopes.merged(asked),
            new ConcurrentHashMap<>());
  }
}
