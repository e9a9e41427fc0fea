package org.jbuildkit.engine.provenance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.llb.GitReference;

/**
 * A request as documents tell it: where its configuration came from, and the rest of its options.
 *
 * @param uri of the configuration, or empty
 * @param digest of the configuration; no members if it is not known
 * @param path of the configuration's file, or empty
 * @param vcs what the client said of its work tree
 */
record RequestParameters(
    String frontend,
    String uri,
    Json.Obj digest,
    String path,
    Map<String, String> arguments,
    Map<String, String> vcs) {
  private static final Set<String> OF_THE_HOST =
      Set.of("cgroup-parent", "image-resolve-mode", "platform", "cache-imports");
  private static final String VCS = "vcs:";

  /**
   * @param keepsVcs whether the work tree stays among the arguments
   */
  static RequestParameters of(FrontendRequest request, Capture capture, boolean keepsVcs) {
    var arguments = new TreeMap<String, String>();
    var vcs = new TreeMap<String, String>();
    request
        .options()
        .forEach((key, value) -> {
          if (key.startsWith(VCS) && !keepsVcs) {
            if (!value.isEmpty()) {
              vcs.put(key.substring(VCS.length()), UserInfo.masked(value));
            }
          } else if (!OF_THE_HOST.contains(key) && !key.startsWith("attest:")) {
            arguments.put(key, isContext(key) ? UserInfo.masked(value) : UserInfo.maskedIn(value));
          }
        });
    var context = Optional.ofNullable(arguments.remove(contextKey(arguments))).orElse("");
    var path = Optional.ofNullable(arguments.remove("filename")).orElse("");
    var found = find(context, capture);
    return new RequestParameters(
        request.frontend(),
        found.map(Found::uri).orElse(context),
        found.map(Found::digest).orElse(Json.object().build()),
        path,
        arguments,
        vcs);
  }

  private static boolean isContext(String key) {
    return key.equals("context") || key.startsWith("context:") || key.startsWith("vcs:source");
  }

  private static String contextKey(Map<String, String> arguments) {
    var stated = arguments.getOrDefault("contextkey", "");
    if (!stated.isEmpty()) {
      return stated;
    }
    return arguments.getOrDefault("input:context", "").isEmpty() ? "context" : "input:context";
  }

  private record Found(String uri, Json.Obj digest) {}

  private static Optional<Found> find(String context, Capture capture) {
    if (context.isEmpty()) {
      return Optional.empty();
    }
    var repository = repository(context);
    if (repository.isPresent()) {
      var git = repository.get();
      var url = git.remote() + (git.ref().isEmpty() ? "" : "#" + git.ref());
      for (var known : capture.repositories()) {
        if (known.url().equals(UserInfo.masked(url))) {
          var inside =
              git.subdir().isEmpty() ? "" : (url.contains("#") ? ":" : "#:") + git.subdir();
          return Optional.of(new Found(known.url() + inside, Material.Git.digests(known.commit())));
        }
      }
    }
    return capture.files().stream()
        .filter(file -> file.url().equals(context))
        .findFirst()
        .map(file -> new Found(file.url(), digests(file.digest())));
  }

  private static Optional<GitReference> repository(String context) {
    try {
      return GitReference.ofContext(context);
    } catch (BuildException _) {
      return Optional.empty();
    }
  }

  private static Json.Obj digests(Optional<Digest> digest) {
    var json = Json.object();
    digest.ifPresent(known -> json.put(known.algorithm(), known.hex()));
    return json.build();
  }

  /** Without what the client may want to keep to itself. */
  RequestParameters reduced() {
    var fewer = new TreeMap<>(arguments);
    fewer.keySet().removeIf(RequestParameters::isPrivate);
    return new RequestParameters(frontend, uri, digest, path, fewer, vcs);
  }

  boolean hasPrivate() {
    return arguments.keySet().stream().anyMatch(RequestParameters::isPrivate);
  }

  private static boolean isPrivate(String key) {
    return key.startsWith("build-arg:") || key.startsWith("label:");
  }

  /** Where the configuration came from; {@code pathName} names the path in this document. */
  Json.Obj configSource(String pathName) {
    var json = Json.object().putUnlessEmpty("uri", uri);
    if (!digest.members().isEmpty()) {
      json.put("digest", digest);
    }
    return json.putUnlessEmpty(pathName, path).build();
  }

  /** Frontend and arguments, those that there are. */
  Json.ObjBuilder startRequest() {
    return Json.object()
        .putUnlessEmpty("frontend", frontend)
        .putUnlessEmpty("args", new TreeMap<>(arguments));
  }

  boolean isEmpty() {
    return frontend.isEmpty() && arguments.isEmpty();
  }
}
