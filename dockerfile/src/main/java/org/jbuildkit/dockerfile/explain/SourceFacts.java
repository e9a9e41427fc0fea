package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.dockerfile.explain.Explanation.KeyPart;
import org.jbuildkit.dockerfile.explain.Explanation.Source;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.Platform;

/** What sources are, and what is known of them before the build. */
public final class SourceFacts {
  private static final Set<String> UNTOLD =
      Set.of(
          "local.session",
          "local.sharedkeyhint",
          "oci.session",
          "oci.store",
          "git.fullurl",
          "git.authheadersecret",
          "git.authtokensecret");

  private static final String SESSION =
      "digests here leave the client's session out, which is new for every build";

  private SourceFacts() {}

  /** Describes a source op. */
  public static Source describe(String id, String digest, Op op) {
    var identifier = op.getSource().getIdentifier();
    int colon = identifier.indexOf("://");
    var scheme = colon < 0 ? "" : identifier.substring(0, colon);
    var rest = colon < 0 ? identifier : identifier.substring(colon + 3);
    boolean isWeb = scheme.equals("http") || scheme.equals("https");
    var kind = scheme.equals("docker-image") ? "image" : isWeb ? "http" : scheme;
    var name = UserInfo.maskedIn(isWeb ? identifier : rest);
    return new Source(id, kind, name, digest, attributes(op, kind, name), notes(kind, op));
  }

  private static List<KeyPart> attributes(Op op, String kind, String name) {
    var parts = new ArrayList<KeyPart>();
    int at = name.indexOf('@');
    boolean isPinned = (kind.equals("image") || kind.equals("oci-layout")) && at >= 0;
    if (isPinned) {
      parts.add(KeyPart.of("digest", name.substring(at + 1)));
    }
    if (op.hasPlatform()) {
      parts.add(KeyPart.of("platform", platform(op.getPlatform())));
    }
    new TreeMap<>(op.getSource().getAttrsMap())
        .forEach((attribute, value) -> attribute(attribute, value, parts));
    return parts;
  }

  private static void attribute(String name, String value, List<KeyPart> parts) {
    switch (name) {
      case "local.followpaths" -> list("sent", value, parts);
      case "local.includepattern" -> list("sent", value, parts);
      case "local.excludepatterns" -> list("ignored", value, parts);
      default -> {
        if (!UNTOLD.contains(name)) {
          parts.add(KeyPart.of(name.substring(name.indexOf('.') + 1), UserInfo.maskedIn(value)));
        }
      }
    }
  }

  private static void list(String name, String value, List<KeyPart> parts) {
    if (Json.parse(value) instanceof Json.Arr array) {
      for (var element : array.elements()) {
        if (element instanceof Json.Str text) {
          parts.add(KeyPart.of(name, text.value()));
        }
      }
    }
  }

  private static List<String> notes(String kind, Op op) {
    return switch (kind) {
      case "local" -> List.of("steps compare the files that they take by content", SESSION);
      case "oci-layout" -> List.of(SESSION);
      case "git" -> List.of("the commit is looked up when the build runs");
      case "http" -> List.of("the file's checksum is found out when the build runs");
      case "image" ->
          op.getSource().getIdentifier().indexOf('@') < 0
              ? List.of("the digest is looked up when the build runs")
              : List.of();
      default -> List.of();
    };
  }

  static String platform(Platform platform) {
    return new org.jbuildkit.oci.Platform(
            platform.getOS(),
            platform.getArchitecture(),
            platform.getVariant(),
            platform.getOSVersion(),
            platform.getOSFeaturesList())
        .formatAll();
  }
}
