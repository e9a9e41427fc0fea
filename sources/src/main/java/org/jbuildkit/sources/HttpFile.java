package org.jbuildkit.sources;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.Source;
import org.jbuildkit.protocol.keys.SourceAttributes;

/**
 * A file at an URL, as a definition asks for it.
 *
 * @param checksum what the content must be, if that is given
 * @param authSecret the name of the secret that is the {@code Authorization} header, or empty
 * @param headers by canonical name
 * @param signature that the content must have
 */
record HttpFile(
    URI uri,
    FileForm form,
    Optional<Digest> checksum,
    String authSecret,
    SortedMap<String, String> headers,
    Optional<Signature> signature) {
  private static final Set<String> HEADERS = Set.of("Accept", "User-Agent");
  private static final Pattern PROPOSED_NAME =
      Pattern.compile("(?i);\\s*filename\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]+))");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * @param key armored
   * @param value armored
   */
  record Signature(String key, String value) {}

  /**
   * @throws BuildException for what is no URL, and for attributes that make no sense
   */
  static HttpFile of(Source.Request request) {
    var checksum = request.attribute(SourceAttributes.HTTP_CHECKSUM);
    return new HttpFile(
        uri(request.scheme() + "://" + request.identifier()),
        FileForm.of(request),
        checksum.isEmpty() ? Optional.empty() : Optional.of(digest(checksum)),
        request.attribute(SourceAttributes.HTTP_AUTH_HEADER_SECRET),
        headers(request),
        signature(request));
  }

  private static URI uri(String text) {
    try {
      var uri = URI.create(text);
      if (uri.getHost() == null) {
        throw BuildException.invalid("invalid URL " + UserInfo.maskedIn(text) + ": no host");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      // The cause quotes the URL, with the password that it may have.
      var why =
          e.getCause() instanceof URISyntaxException syntax ? syntax.getReason() : "malformed";
      throw BuildException.invalid("invalid URL " + UserInfo.maskedIn(text) + ": " + why);
    }
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BuildException(ErrorCode.UNKNOWN, BuildException.describe(e), e);
    }
  }

  private static Optional<Signature> signature(Source.Request request) {
    var key = request.attribute(SourceAttributes.HTTP_SIG_PUBKEY);
    var signature = request.attribute(SourceAttributes.HTTP_SIG_SIGNATURE);
    if (key.isEmpty() != signature.isEmpty()) {
      throw BuildException.failed("http signature verification requires both pubkey and signature");
    }
    return key.isEmpty() ? Optional.empty() : Optional.of(new Signature(key, signature));
  }

  private static SortedMap<String, String> headers(Source.Request request) {
    var headers = new TreeMap<String, String>();
    request
        .attributes()
        .forEach((key, value) -> {
          if (key.startsWith(SourceAttributes.HTTP_HEADER_PREFIX)) {
            var name = canonical(key.substring(SourceAttributes.HTTP_HEADER_PREFIX.length()));
            if (HEADERS.contains(name)) {
              headers.put(name, value);
            }
          }
        });
    return headers;
  }

  private static String canonical(String header) {
    var name = new StringBuilder();
    for (var part : header.toLowerCase(Locale.ROOT).split("-", -1)) {
      name.append(name.isEmpty() ? "" : "-");
      name.append(part.isEmpty() ? "" : part.substring(0, 1).toUpperCase(Locale.ROOT));
      name.append(part.isEmpty() ? "" : part.substring(1));
    }
    return name.toString();
  }

  /** Under which earlier downloads for the same request are found. */
  String reuseKey() {
    var json =
        Json.object()
            .put("URL", uri.toString())
            .put("Filename", form.name())
            .put("Perm", form.mode())
            .put("UID", form.uid())
            .put("GID", form.gid())
            .put("AuthHeaderSecret", authSecret)
            .put("Header", headerList())
            .build();
    return Digest.sha256(json.write()).toString();
  }

  /** The cache key's preimage for content that was found. */
  String key(String fileName, Digest content, Optional<Instant> lastModified) {
    var json =
        Json.object()
            .put("Filename", fileName)
            .put("Perm", form.mode())
            .put("UID", form.uid())
            .put("GID", form.gid())
            .put("Checksum", content.toString());
    lastModified.ifPresent(time -> json.put("LastModTime", DATE.format(time)));
    if (!authSecret.isEmpty()) {
      json.put("AuthHeaderSecret", authSecret);
    }
    if (!headers.isEmpty()) {
      json.put("Header", headerList());
    }
    return Digest.sha256(json.build().write()).toString();
  }

  private Json headerList() {
    return new Json.Arr(
        headers.entrySet().stream()
            .map(header ->
                (Json)
                    Json.object()
                        .put("Name", header.getKey())
                        .put("Value", header.getValue())
                        .build())
            .toList());
  }

  /**
   * What the file is called.
   *
   * @param disposition the answer's {@code Content-Disposition}, or empty
   */
  String fileName(String disposition) {
    if (!form.name().isEmpty()) {
      return FileForm.cleanName(form.name()).orElse(FileForm.STANDARD_NAME);
    }
    var proposed = PROPOSED_NAME.matcher(disposition);
    if (proposed.find()) {
      var name = proposed.group(1) == null ? proposed.group(2) : proposed.group(1);
      if (!name.isEmpty() && !name.endsWith("/")) {
        return FileForm.cleanName(name).orElse(FileForm.STANDARD_NAME);
      }
    }
    var path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return FileForm.cleanName(decoded(path)).orElse(FileForm.STANDARD_NAME);
  }

  private static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return path;
    }
  }

  /** The URL for messages: without a password. */
  String redacted() {
    var user = uri.getRawUserInfo();
    return user == null ? uri.toString() : uri.toString().replace(user + "@", "xxxxx:xxxxx@");
  }
}
