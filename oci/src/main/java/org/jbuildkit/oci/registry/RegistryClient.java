package org.jbuildkit.oci.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.oci.ImageReference;

/**
 * All that the program does with registries. What askers were granted is remembered for each
 * repository and purpose until it has not been used for ten minutes.
 */
public final class RegistryClient implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(10);

  private final RegistryHosts hosts;
  private final HttpTransport transport;
  private final DomainLimits limits;
  private final Attempts attempts;
  private final Clock clock;
  private final Map<GrantKey, Used> grants = new LinkedHashMap<>();

  /** What a repository is opened for. */
  public enum Purpose {
    PULL,
    PUSH
  }

  /**
   * @param userAgent names the program, {@code buildkit/v0.32}
   * @param transfers how many run at once with each registry
   * @param environment names proxies
   */
  public record Settings(
      RegistryHosts hosts, String userAgent, int transfers, Map<String, String> environment) {
    public Settings {
      environment = Map.copyOf(environment);
    }
  }

  private record GrantKey(String asker, String repository, Purpose purpose, RegistryHost host) {
    boolean isSamePlace(GrantKey other) {
      return repository.equals(other.repository)
          && purpose == other.purpose
          && host.equals(other.host);
    }
  }

  private record Used(Authorizer authorizer, Instant at) {}

  public RegistryClient(Settings settings, Attempts.Pause pause, Clock clock) {
    this.hosts = settings.hosts();
    this.transport = new HttpTransport(settings.userAgent(), settings.environment());
    this.limits = new DomainLimits(settings.transfers());
    this.attempts = new Attempts(pause);
    this.clock = clock;
  }

  /** Repeats transfers that failed for reasons that may pass. */
  public Attempts attempts() {
    return attempts;
  }

  /** The repository of a reference as its registry's hosts have it. */
  public Repository repository(ImageReference name, Credentials asker, Purpose purpose) {
    return repository(name, asker, purpose, hosts);
  }

  /** As {@link #repository}, for a registry that may lack TLS or a certificate to be believed. */
  public Repository insecureRepository(ImageReference name, Credentials asker, Purpose purpose) {
    return repository(name, asker, purpose, RegistryHosts.insecure());
  }

  private Repository repository(
      ImageReference name, Credentials asker, Purpose purpose, RegistryHosts from) {
    return new Repository(
        name.nameOnly(),
        from.of(name.domain()),
        transport,
        limits,
        host -> authorizer(new GrantKey(asker.key(), name.repository(), purpose, host), asker));
  }

  private Authorizer authorizer(GrantKey key, Credentials asker) {
    synchronized (grants) {
      var now = clock.instant();
      List.copyOf(grants.entrySet()).stream()
          .filter(one -> one.getValue().at().plus(IDLE).isBefore(now))
          .forEach(one -> grants.remove(one.getKey()));
      var known = grants.get(key);
      var authorizer = known == null ? authorizerFor(key, asker) : known.authorizer();
      grants.put(key, new Used(authorizer, now));
      return authorizer;
    }
  }

  /** Those who pull need not be told again what others were told. */
  private Authorizer authorizerFor(GrantKey key, Credentials asker) {
    var authorizer = new Authorizer(asker, transport, key.host(), clock);
    if (key.purpose() == Purpose.PULL) {
      grants.forEach((other, used) -> {
        if (other.isSamePlace(key)) {
          authorizer.learn(used.authorizer());
        }
      });
    }
    return authorizer;
  }

  /** Ends what still runs. */
  @Override
  public void close() {
    transport.close();
  }
}
