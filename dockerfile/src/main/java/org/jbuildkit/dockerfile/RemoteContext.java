package org.jbuildkit.dockerfile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.dockerfile.syntax.GoBool;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * A build context that is a repository, or an archive or Dockerfile on a server.
 *
 * @param origin where the Dockerfile is
 * @param context what instructions copy from
 * @param filename of the Dockerfile, if the context decides it
 */
record RemoteContext(LlbEdge origin, LlbEdge context, Optional<String> filename) {
  private static final int HEADER = 512;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_END = 156;
  private static final String DOWNLOADED = "context";
  private static final List<byte[]> MAGICS =
      List.of(
          new byte[] {0x42, 0x5A, 0x68},
          new byte[] {0x1F, (byte) 0x8B, 0x08},
          new byte[] {(byte) 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00});

  /** The context that the options name; empty if it is a directory of the client. */
  static Optional<RemoteContext> find(FrontendClient client, FrontendOptions options)
      throws InterruptedException {
    var value = name(options);
    var git = GitReference.ofContext(value);
    if (git.isPresent()) {
      var source = git(client, options, git.get(), value);
      return Optional.of(new RemoteContext(source, scoped(options, source), Optional.empty()));
    }
    return isWeb(value) ? Optional.of(web(client, options, value)) : Optional.empty();
  }

  /** Whether the options name a context that is not the client's. */
  static boolean isNamed(FrontendOptions options) {
    var value = name(options);
    return isWeb(value) || GitReference.ofContext(value).isPresent();
  }

  private static String name(FrontendOptions options) {
    var key = options.all().getOrDefault("contextkey", "context");
    return options.all().getOrDefault(key, "");
  }

  private static boolean isWeb(String value) {
    return value.startsWith("http://") || value.startsWith("https://");
  }

  private static LlbEdge git(
      FrontendClient client, FrontendOptions options, GitReference git, String value) {
    boolean keeps =
        git.keepGitDir()
            .or(() ->
                GoBool.parse(
                    options.all().getOrDefault("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR", "")))
            .orElse(false);
    boolean isDated = !options.all().getOrDefault("build-arg:SOURCE_DATE_EPOCH", "").isEmpty();
    var mtime = git.mtime().isEmpty() && isDated ? "commit" : git.mtime();
    return GitSource.of(
        client,
        git,
        keeps,
        git.checksum(),
        mtime,
        Ops.About.named("[internal] load git source " + value));
  }

  private static RemoteContext web(FrontendClient client, FrontendOptions options, String address)
      throws InterruptedException {
    var source =
        Ops.source(
            address,
            Map.of("http.filename", DOWNLOADED),
            Optional.empty(),
            List.of("source.http"),
            Ops.About.named("[internal] load remote build context"));
    var content = downloaded(client, source);
    if (!isArchive(content)) {
      return new RemoteContext(source, scoped(options, source), Optional.of(DOWNLOADED));
    }
    var unpacked =
        copied(
            source,
            FileActionCopy.newBuilder()
                .setSrc("/" + DOWNLOADED)
                .setAttemptUnpackDockerCompatibility(true));
    return new RemoteContext(unpacked, scoped(options, unpacked), Optional.empty());
  }

  private static byte[] downloaded(FrontendClient client, LlbEdge source)
      throws InterruptedException {
    FrontendClient.Tree tree;
    try {
      tree = client.solve(Definitions.marshal(Optional.of(source)));
    } catch (BuildException e) {
      throw e.within("failed to resolve httpcontext");
    }
    try {
      return tree.readFile(DOWNLOADED)
          .orElseThrow(() -> BuildException.failed("open context: no such file or directory"));
    } catch (BuildException e) {
      throw e.within("failed to read downloaded context");
    }
  }

  /** What lies below a directory of the context, if only that is asked for. */
  static LlbEdge scoped(FrontendOptions options, LlbEdge context) {
    var directory = options.all().get("contextsubdir");
    if (directory == null) {
      return context;
    }
    return copied(
        context,
        FileActionCopy.newBuilder()
            .setSrc(new ContainerPath(directory).value())
            .setDirCopyContents(true));
  }

  private static LlbEdge copied(LlbEdge from, FileActionCopy.Builder copy) {
    var action = copy.setDest("/").setMode(-1).setTimestamp(-1);
    return Ops.file(
        Optional.empty(),
        List.of(new Ops.Action(FileAction.newBuilder().setCopy(action), Optional.of(from))),
        new Ops.About(OpMetadata.getDefaultInstance(), List.of()));
  }

  /** Whether the content is compressed or starts with a tar header. */
  static boolean isArchive(byte[] content) {
    for (var magic : MAGICS) {
      if (startsWith(content, magic)) {
        return true;
      }
    }
    return content.length >= HEADER && hasTarChecksum(content);
  }

  private static boolean startsWith(byte[] content, byte[] magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= content.length || content[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasTarChecksum(byte[] header) {
    long sum = 0;
    long written = 0;
    for (int i = 0; i < HEADER; i++) {
      boolean isSum = i >= CHECKSUM && i < CHECKSUM_END;
      sum += isSum ? ' ' : header[i] & 0xFF;
      boolean isDigit = header[i] >= '0' && header[i] <= '7';
      if (isSum && isDigit) {
        written = written * 8 + header[i] - '0';
      }
    }
    return sum == written;
  }
}
