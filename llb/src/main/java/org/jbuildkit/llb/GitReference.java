package org.jbuildkit.llb;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.GoQuote;

/**
 * An address of something in a Git repository.
 *
 * @param remote the address without query and fragment, as it was written
 * @param path of the repository on the host, clean
 * @param ref branch, tag or commit; empty for the default
 * @param subdir what is taken of it, relative; empty for all
 * @param isSsh whether the repository is reached by SSH
 */
public record GitReference(
    String remote,
    String host,
    String path,
    String ref,
    String subdir,
    String checksum,
    Optional<Boolean> keepGitDir,
    Optional<Boolean> submodules,
    Optional<Boolean> fetchByCommit,
    String mtime,
    boolean isSsh) {

  private static final Pattern URL =
      Pattern.compile("(https?|git|ssh)://(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(\\?[^#]*)?(?:#(.*))?");
  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z0-9]+)://");
  private static final Pattern SCP =
      Pattern.compile("[A-Za-z0-9_-]+@([A-Za-z0-9.-]+):([^?#]*)(\\?[^#]*)?(?:#(.*))?");

  /**
   * The reference that a text is; empty for what is none.
   *
   * @throws BuildException for a query that makes no sense
   */
  public static Optional<GitReference> parse(String text) {
    if (text.startsWith("./") || text.startsWith("../")) {
      return Optional.empty();
    }
    var url = URL.matcher(text);
    if (url.matches()) {
      boolean isWeb = url.group(1).startsWith("http");
      return isWeb && !url.group(3).endsWith(".git")
          ? Optional.empty()
          : Optional.of(read(text, url, url.group(1).equals("ssh"), 2));
    }
    var scp = SCP.matcher(text);
    return scp.matches() ? Optional.of(read(text, scp, true, 1)) : Optional.empty();
  }

  /** As {@link #parse}, for build contexts, where {@code github.com/} needs no scheme. */
  public static Optional<GitReference> ofContext(String text) {
    if (text.startsWith("github.com/")) {
      var address = "https://" + text;
      var url = URL.matcher(address);
      return url.matches() ? Optional.of(read(address, url, false, 2)) : Optional.empty();
    }
    return parse(text);
  }

  /**
   * What a source's identifier means, without {@code git://} in front. A repository may have any
   * name here; a query is ignored.
   *
   * @param body with a scheme, or without for {@code https}
   * @throws BuildException {@code invalid protocol} and the like
   */
  public static GitReference ofIdentifier(String body) {
    var scp = SCP.matcher(body);
    if (scp.matches()) {
      return plain(body, scp, true, 1);
    }
    var scheme = SCHEME.matcher(body);
    var address = scheme.lookingAt() ? body : "https://" + body;
    var url = URL.matcher(address);
    if (!url.matches()) {
      throw BuildException.invalid(
          scheme.lookingAt() ? scheme.group(1) + ": invalid protocol" : "unknown protocol");
    }
    if (url.group(2).isEmpty()) {
      throw BuildException.invalid("unknown protocol");
    }
    return plain(address, url, url.group(1).equals("ssh"), 2);
  }

  private static GitReference plain(String text, Matcher match, boolean isSsh, int hostGroup) {
    var fragment = Optional.ofNullable(match.group(hostGroup + 3)).orElse("");
    int colon = fragment.indexOf(':');
    return new GitReference(
        text.substring(0, match.end(hostGroup + 1)),
        match.group(hostGroup),
        new ContainerPath(match.group(hostGroup + 1)).value(),
        colon < 0 ? fragment : fragment.substring(0, colon),
        colon < 0 ? "" : clean(fragment.substring(colon + 1)),
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        isSsh);
  }

  private static GitReference read(String text, Matcher match, boolean isSsh, int hostGroup) {
    var query = Optional.ofNullable(match.group(hostGroup + 2)).orElse("");
    var fragment = Optional.ofNullable(match.group(hostGroup + 3)).orElse("");
    int colon = fragment.indexOf(':');
    var reading = new Query();
    reading.ref = colon < 0 ? fragment : fragment.substring(0, colon);
    reading.subdir = colon < 0 ? "" : clean(fragment.substring(colon + 1));
    reading.read(query.isEmpty() ? "" : query.substring(1));
    var end = query.length() > 1 ? match.start(hostGroup + 2) : match.end(hostGroup + 1);
    var remote = text.substring(0, end) + (query.equals("?") ? "?" : "");
    return new GitReference(
        remote,
        match.group(hostGroup),
        new ContainerPath(match.group(hostGroup + 1)).value(),
        reading.ref,
        reading.subdir,
        reading.checksum,
        reading.flag("keep-git-dir"),
        reading.flag("submodules"),
        reading.flag("fetch-by-commit"),
        reading.mtime,
        isSsh);
  }

  private static String clean(String subdir) {
    return new ContainerPath(subdir).value().substring(1);
  }

  /** The same repository at another place. */
  public GitReference at(String otherRef, String otherSubdir) {
    return new GitReference(
        remote,
        host,
        path,
        otherRef,
        otherSubdir,
        checksum,
        keepGitDir,
        submodules,
        fetchByCommit,
        mtime,
        isSsh);
  }

  /** {@code git://host/path[#ref[:subdir]]}. */
  public String identifier() {
    var place = ref + (subdir.isEmpty() ? "" : ":" + subdir);
    return "git://" + host + path + (place.isEmpty() ? "" : "#" + place);
  }

  /** What stands behind the question mark. */
  private static final class Query {
    private final Map<String, Boolean> flags = new LinkedHashMap<>();
    private String ref = "";
    private String subdir = "";
    private String checksum = "";
    private String mtime = "";

    Optional<Boolean> flag(String name) {
      return Optional.ofNullable(flags.get(name));
    }

    void read(String text) {
      var values = new LinkedHashMap<String, String>();
      for (var pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
        int equals = pair.indexOf('=');
        var name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        var value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        if (!name.isEmpty() && values.putIfAbsent(name, value) != null) {
          throw BuildException.invalid("query " + GoQuote.quote(name) + " has multiple values");
        }
      }
      values.forEach((name, value) -> take(name, value));
      if (values.containsKey("branch") && values.containsKey("tag")) {
        throw BuildException.invalid("branch conflicts with tag");
      }
      named(values.getOrDefault("ref", ""));
      named(prefixed("refs/tags/", values.getOrDefault("tag", "")));
      named(prefixed("refs/heads/", values.getOrDefault("branch", "")));
    }

    private static String decoded(String text) {
      try {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        throw BuildException.invalid("invalid URL escape " + GoQuote.quote(text));
      }
    }

    private static String prefixed(String prefix, String name) {
      return name.isEmpty() || name.startsWith(prefix) ? name : prefix + name;
    }

    private void named(String name) {
      if (!name.isEmpty()) {
        if (!ref.isEmpty() && !ref.equals(name)) {
          throw BuildException.invalid(
              "ref conflicts: %s vs %s".formatted(GoQuote.quote(ref), GoQuote.quote(name)));
        }
        ref = name;
      }
    }

    private void take(String name, String value) {
      switch (name) {
        case "keep-git-dir", "submodules", "fetch-by-commit" -> flags.put(name, bool(name, value));
        case "ref", "tag", "branch", "subdir", "checksum", "commit", "mtime" -> {
          if (value.isEmpty()) {
            throw BuildException.invalid("query " + GoQuote.quote(name) + " has no value");
          }
          text(name, value);
        }
        default -> throw BuildException.invalid("unexpected query " + GoQuote.quote(name));
      }
    }

    private void text(String name, String value) {
      switch (name) {
        case "subdir" -> {
          if (!subdir.isEmpty() && !subdir.equals(value)) {
            throw BuildException.invalid(
                "subdir conflicts: %s vs %s"
                    .formatted(GoQuote.quote(subdir), GoQuote.quote(value)));
          }
          subdir = clean(value);
        }
        case "checksum", "commit" -> checksum = value;
        case "mtime" -> {
          if (!value.equals("checkout") && !value.equals("commit")) {
            throw BuildException.invalid(
                "invalid mtime value: %s (must be \"checkout\" or \"commit\")"
                    .formatted(GoQuote.quote(value)));
          }
          mtime = value;
        }
        default -> {}
      }
    }

    private static boolean bool(String name, String value) {
      return switch (value) {
        case "", "1", "t", "T", "TRUE", "true", "True" -> true;
        case "0", "f", "F", "FALSE", "false", "False" -> false;
        default ->
            throw BuildException.invalid(
                "invalid %s value: %s".formatted(name, GoQuote.quote(value)));
      };
    }
  }
}
