package org.jbuildkit.oci;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;

/**
 * Names an image in a registry, in Docker's grammar: {@code [domain/]path[:tag][@digest]}.
 *
 * @param domain registry host with port
 * @param path repository in the registry
 * @param tag empty if there is none
 */
public record ImageReference(String domain, String path, String tag, Optional<Digest> digest) {
  private static final String DEFAULT_DOMAIN = "docker.io";
  private static final String OFFICIAL = "library/";
  private static final int MAX_NAME = 255;
  private static final int MAX_LENGTH = 1024;
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
              + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
  private static final Pattern PATH =
      Pattern.compile(
          "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}");
  private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");

  /**
   * Reads a reference, familiar ones included: {@code busybox} is {@code
   * docker.io/library/busybox}.
   *
   * @throws BuildException with Docker's words for anything that is no reference
   */
  public static ImageReference parse(String text) {
    if (IDENTIFIER.matcher(text).matches()) {
      throw BuildException.invalid(
          "invalid repository name (%s), cannot specify 64-byte hexadecimal strings"
              .formatted(text));
    }
    if (text.length() > MAX_LENGTH) {
      throw bad();
    }
    int slash = text.indexOf('/');
    var first = slash < 0 ? "" : text.substring(0, slash);
    String domain = DEFAULT_DOMAIN;
    String rest = text;
    if (isDomain(first)) {
      domain = first.equals("index.docker.io") ? DEFAULT_DOMAIN : first;
      rest = text.substring(slash + 1);
    }
    if (domain.equals(DEFAULT_DOMAIN) && rest.indexOf('/') < 0) {
      rest = OFFICIAL + rest;
    }
    return parseRest(domain, rest);
  }

  private static boolean isDomain(String first) {
    return first.equals("localhost")
        || first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || !first.toLowerCase(Locale.ROOT).equals(first);
  }

  private static ImageReference parseRest(String domain, String rest) {
    int at = rest.indexOf('@');
    var named = at < 0 ? rest : rest.substring(0, at);
    int colon = named.indexOf(':');
    var path = colon < 0 ? named : named.substring(0, colon);
    if (!path.toLowerCase(Locale.ROOT).equals(path)) {
      throw BuildException.invalid(
          "invalid reference format: repository name (%s) must be lowercase".formatted(path));
    }
    var tag = colon < 0 ? "" : named.substring(colon + 1);
    var digest = at < 0 ? "" : rest.substring(at + 1);
    boolean fits =
        DOMAIN.matcher(domain).matches()
            && PATH.matcher(path).matches()
            && (colon < 0 || TAG.matcher(tag).matches())
            && (at < 0 || DIGEST.matcher(digest).matches());
    if (!fits) {
      throw bad();
    }
    if (path.length() > MAX_NAME) {
      throw BuildException.invalid("repository name must not be more than 255 characters");
    }
    try {
      return new ImageReference(
          domain, path, tag, at < 0 ? Optional.empty() : Optional.of(Digest.parse(digest)));
    } catch (IllegalArgumentException e) {
      throw BuildException.invalid(BuildException.describe(e));
    }
  }

  private static BuildException bad() {
    return BuildException.invalid("invalid reference format");
  }

  /** As {@link #parse}, with bad text answered by an empty result. */
  public static Optional<ImageReference> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (BuildException _) {
      return Optional.empty();
    }
  }

  /** Domain and path. */
  public String repository() {
    return domain + "/" + path;
  }

  /** With tag {@code latest} where neither a tag nor a digest is given. */
  public ImageReference withDefaultTag() {
    return tag.isEmpty() && digest.isEmpty() ? withTag("latest") : this;
  }

  public ImageReference withTag(String changed) {
    return new ImageReference(domain, path, changed, digest);
  }

  public ImageReference withDigest(Digest changed) {
    return new ImageReference(domain, path, tag, Optional.of(changed));
  }

  /** Without tag and digest. */
  public ImageReference nameOnly() {
    return new ImageReference(domain, path, "", Optional.empty());
  }

  /** The repository as people write it: without {@code docker.io/} and {@code library/}. */
  public String familiarName() {
    if (!domain.equals(DEFAULT_DOMAIN)) {
      return repository();
    }
    var shorter = path.startsWith(OFFICIAL) ? path.substring(OFFICIAL.length()) : path;
    return shorter.indexOf('/') < 0 ? shorter : path;
  }

  /** The whole reference as people write it. */
  public String familiar() {
    return familiarName() + suffix();
  }

  private String suffix() {
    return (tag.isEmpty() ? "" : ":" + tag) + digest.map(d -> "@" + d).orElse("");
  }

  /** The full form. */
  @Override
  public String toString() {
    return repository() + suffix();
  }
}
