package org.jbuildkit.session.attach;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.auth.FetchTokenRequest;
import org.jbuildkit.protocol.auth.FetchTokenResponse;
import org.jbuildkit.session.attach.RegistryCredentials.Credential;

/** Asks a registry's token server for a token. */
final class TokenRequest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long DEFAULT_EXPIRY_SECONDS = 60;

  private final HttpClient http;
  private final FetchTokenRequest request;

  TokenRequest(HttpClient http, FetchTokenRequest request) {
    this.http = http;
    this.request = request;
  }

  FetchTokenResponse fetch(Optional<Credential> credential)
      throws IOException, InterruptedException {
    var known = credential.filter(c -> !c.secret().isEmpty());
    if (known.isEmpty()) {
      return parse(get(Optional.empty()), "failed to fetch anonymous token");
    }
    var response = post(known.get());
    boolean refused =
        switch (response.statusCode()) {
          case 404, 401 -> true;
          case 405 -> !known.get().username().isEmpty();
          default -> false;
        };
    return parse(refused ? get(known) : response, "failed to fetch oauth token");
  }

  private HttpResponse<byte[]> post(Credential credential)
      throws IOException, InterruptedException {
    var form = new ArrayList<String>();
    form.add(parameter("client_id", request.getClientID()));
    if (credential.username().isEmpty()) {
      form.add(parameter("grant_type", "refresh_token"));
      form.add(parameter("refresh_token", credential.secret()));
    } else {
      form.add(parameter("grant_type", "password"));
      form.add(parameter("username", credential.username()));
      form.add(parameter("password", credential.secret()));
    }
    if (request.getScopesCount() > 0) {
      form.add(parameter("scope", String.join(" ", request.getScopesList())));
    }
    form.add(parameter("service", request.getService()));
    return http.send(
        HttpRequest.newBuilder(URI.create(request.getRealm()))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(BodyPublishers.ofString(String.join("&", form)))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(Optional<Credential> credential)
      throws IOException, InterruptedException {
    List<String> query = new ArrayList<>();
    request.getScopesList().forEach(scope -> query.add(parameter("scope", scope)));
    if (!request.getService().isEmpty()) {
      query.add(parameter("service", request.getService()));
    }
    var separator = request.getRealm().contains("?") ? "&" : "?";
    var target = URI.create(request.getRealm() + separator + String.join("&", query));
    var builder = HttpRequest.newBuilder(target).timeout(TIMEOUT);
    credential.ifPresent(known ->
        builder.header(
            "Authorization",
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (known.username() + ":" + known.secret())
                            .getBytes(StandardCharsets.UTF_8))));
    return http.send(builder.build(), BodyHandlers.ofByteArray());
  }

  private static String parameter(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static FetchTokenResponse parse(HttpResponse<byte[]> response, String context)
      throws IOException {
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          context + ": unexpected status from token server: " + response.statusCode());
    }
    Json.Obj json;
    try {
      json = Json.parseObject(response.body());
    } catch (IllegalArgumentException e) {
      throw new IOException(context + ": unable to decode token response", e);
    }
    var token = json.text("token").isEmpty() ? json.text("access_token") : json.text("token");
    if (token.isEmpty()) {
      throw new IOException(context + ": authorization server did not include a token");
    }
    long expiry = json.number("expires_in");
    return FetchTokenResponse.newBuilder()
        .setToken(token)
        .setExpiresIn(expiry == 0 ? DEFAULT_EXPIRY_SECONDS : expiry)
        .setIssuedAt(issued(json.text("issued_at")))
        .build();
  }

  private static long issued(String time) {
    try {
      return time.isEmpty() ? 0 : OffsetDateTime.parse(time).toEpochSecond();
    } catch (DateTimeException _) {
      return 0;
    }
  }
}
