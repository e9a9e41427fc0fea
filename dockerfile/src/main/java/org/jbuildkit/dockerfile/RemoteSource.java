package org.jbuildkit.dockerfile;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.OpMetadata;

/** Sources of ADD that are repositories or files on servers. */
final class RemoteSource {
  private static final String UNNAMED = "__unnamed__";

  private final BuildScene scene;
  private final CopyRequest request;
  private final String name;

  /**
   * @param name the step's, which its sources bear as well
   */
  RemoteSource(BuildScene scene, CopyRequest request, String name) {
    this.scene = scene;
    this.request = request;
    this.name = name;
  }

  static boolean isGit(String source) {
    return GitReference.parse(source).isPresent();
  }

  static boolean isHttp(String source) {
    return (source.startsWith("http://") || source.startsWith("https://")) && !isGit(source);
  }

  /**
   * The copying of a source; nothing if the source is a path.
   *
   * @throws BuildException for COPY, which takes paths only
   */
  Optional<Ops.Action> action(String source, FileActionCopy prototype) {
    var git = GitReference.parse(source);
    if (git.isPresent()) {
      refuseCopy("source can't be a git ref for COPY");
      if (!isWeb(source)) {
        // Upstream takes the address for a path of the context here.
        scene.contextPaths.add(new ContainerPath(source).value());
      }
      return Optional.of(of(prototype.toBuilder().setSrc("/"), git(git.get())));
    }
    if (!isWeb(source)) {
      return Optional.empty();
    }
    refuseCopy("source can't be a URL for COPY");
    var file = filename(source);
    var action =
        prototype.toBuilder()
            .setSrc("/" + file)
            .setAttemptUnpackDockerCompatibility(request.copy().flags().unpack().orElse(false));
    return Optional.of(of(action, http(source, file)));
  }

  private static boolean isWeb(String source) {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  private static Ops.Action of(FileActionCopy.Builder copy, LlbEdge tree) {
    return new Ops.Action(FileAction.newBuilder().setCopy(copy), Optional.of(tree));
  }

  private void refuseCopy(String message) {
    if (!request.copy().isAdd()) {
      throw BuildException.invalid(message);
    }
  }

  /** The last part of the address's path. */
  static String filename(String source) {
    var address = source.replaceFirst("#.*", "").replaceFirst("\\?.*", "");
    var path = address.replaceFirst("^https?://[^/]*", "");
    try {
      var plain = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
      int end = plain.length();
      while (end > 0 && plain.charAt(end - 1) == '/') {
        end--;
      }
      var last = plain.substring(0, end);
      last = last.substring(last.lastIndexOf('/') + 1);
      return last.isEmpty() || last.equals(".") ? UNNAMED : last;
    } catch (IllegalArgumentException _) {
      return UNNAMED;
    }
  }

  private LlbEdge http(String source, String file) {
    var attributes = new TreeMap<String, String>();
    var capabilities = new ArrayList<>(List.of("source.http"));
    attributes.put("http.filename", file);
    if (!request.checksum().isEmpty()) {
      try {
        attributes.put("http.checksum", Digest.parse(request.checksum()).toString());
      } catch (IllegalArgumentException e) {
        throw BuildException.invalid(BuildException.describe(e));
      }
      capabilities.add("source.http.checksum");
    }
    var metadata =
        OpMetadata.newBuilder()
            .putDescription(BuildScene.CUSTOM_NAME, name)
            .putDescription(BuildScene.COMMAND, "")
            .build();
    return Ops.source(
        source, attributes, Optional.empty(), capabilities, new Ops.About(metadata, List.of()));
  }

  private LlbEdge git(GitReference git) {
    var flag = request.copy().flags().keepGitDir();
    if (flag.isPresent() && git.keepGitDir().isPresent() && !flag.equals(git.keepGitDir())) {
      throw BuildException.invalid("inconsistent keep-git-dir configuration");
    }
    var checksum = request.checksum();
    boolean differ =
        !checksum.isEmpty() && !git.checksum().isEmpty() && !checksum.equals(git.checksum());
    if (differ) {
      throw BuildException.invalid(
          "checksum mismatch %s != %s"
              .formatted(GoQuote.quote(checksum), GoQuote.quote(git.checksum())));
    }
    return GitSource.of(
        scene.client,
        git,
        git.keepGitDir().or(() -> flag).orElse(false),
        git.checksum().isEmpty() ? checksum : git.checksum(),
        "",
        Ops.About.named(name));
  }
}
