package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/**
 * Requests to one host for one purpose: authorized, and repeated at once where that helps.
 *
 * @param scopes what tokens are asked for
 * @param isLast whether no other host is left: then server errors and lost connections are worth
 *     another attempt
 */
record Exchange(
    HttpTransport transport,
    Authorizer authorizer,
    RegistryHost host,
    List<String> scopes,
    boolean isLast) {
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Set<Integer> AT_ONCE = Set.of(408, 429);
  private static final Set<Integer> ON_LAST = Set.of(500, 503, 504);

  /** The final answer, whatever it is; the caller closes it. */
  HttpAnswer send(HttpCall original) throws IOException, InterruptedException {
    var call = original;
    int before = 0;
    for (int attempt = 1; ; attempt++) {
      HttpAnswer answer;
      try {
        answer = transport.send(authorized(call), host);
      } catch (RegistryException e) {
        if (attempt == ATTEMPTS || !isLast || !isWorthAnother(e)) {
          throw e;
        }
        Thread.sleep(PAUSE);
        continue;
      }
      boolean asBody = answer.status() == 405 && isManifestHead(call);
      if (attempt == ATTEMPTS || !(asBody || repeats(answer, before))) {
        return answer;
      }
      before = answer.status();
      answer.close();
      call = asBody ? call.as("GET") : call;
    }
  }

  private HttpCall authorized(HttpCall call) throws IOException, InterruptedException {
    try {
      return authorizer.header(scopes).map(value -> call.with("Authorization", value)).orElse(call);
    } catch (RegistryException e) {
      throw e.within("failed to authorize");
    }
  }

  private static boolean isWorthAnother(RegistryException error) {
    return error.kind() == Kind.INTERRUPTED_TRANSPORT
        && String.valueOf(error.getMessage()).endsWith("EOF");
  }

  private static boolean isManifestHead(HttpCall call) {
    return call.method().equals("HEAD") && call.uri().getPath().contains("/manifests/");
  }

  private boolean repeats(HttpAnswer answer, int before) throws IOException, InterruptedException {
    if (answer.status() == 401) {
      return authorizer.challenged(answer, scopes, before == 401);
    }
    return AT_ONCE.contains(answer.status())
        || (isLast && ON_LAST.contains(answer.status()) && answer.status() != before);
  }
}
