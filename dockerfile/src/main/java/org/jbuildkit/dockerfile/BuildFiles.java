package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.glob.IgnoreFile;
import org.jbuildkit.llb.DefinitionReader;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.llb.SourceText;

/** What a build reads from its session: the Dockerfile, the ignore file, the context. */
final class BuildFiles {
  private static final List<String> CAPABILITIES =
      List.of("source.local.followpaths", "source.local.sharedkeyhint");

  private static final String DEFAULT_NAME = "dockerfile";
  private static final String CONTEXT = "context";
  private static final String IGNORE_FILE = ".dockerignore";

  private final FrontendClient client;
  private final FrontendOptions options;
  private final Optional<RemoteContext> remote;

  private BuildFiles(
      FrontendClient client, FrontendOptions options, Optional<RemoteContext> remote) {
    this.client = client;
    this.options = options;
    this.remote = remote;
  }

  /** Looks at the context where it is not the client's. */
  static BuildFiles of(FrontendClient client, FrontendOptions options) throws InterruptedException {
    return new BuildFiles(client, options, RemoteContext.find(client, options));
  }

  /**
   * The Dockerfile as it was found.
   *
   * @param vertex by which it was read
   * @param ownIgnoreFile the ignore file that stands beside it
   */
  record Dockerfile(SourceText text, Digest vertex, Optional<byte[]> ownIgnoreFile) {}

  Dockerfile dockerfile() throws InterruptedException {
    var filename = remote.flatMap(RemoteContext::filename).orElse(options.filename());
    var paths = new ArrayList<>(List.of(filename, filename + IGNORE_FILE));
    boolean isDefault = filename.equals("Dockerfile") || filename.endsWith("/Dockerfile");
    if (isDefault) {
      paths.add(filename.substring(0, filename.length() - "Dockerfile".length()) + "dockerfile");
    }
    var name = options.all().getOrDefault("dockerfilekey", DEFAULT_NAME);
    var shown = "[internal] load build definition from " + filename;
    boolean hasKey = options.all().containsKey("dockerfilekey");
    var source =
        remote
            .map(RemoteContext::origin)
            .or(() -> given(DEFAULT_NAME))
            .filter(_ -> !hasKey)
            .orElseGet(() -> source(name, paths, name, shown));
    var definition = Definitions.marshal(Optional.of(source));
    try {
      var tree = client.solve(definition);
      var ownIgnoreFile = tree.readFile(filename + IGNORE_FILE);
      var data = tree.readFile(filename);
      if (data.isEmpty() && isDefault) {
        data = tree.readFile(paths.getLast());
      }
      var bytes =
          data.orElseThrow(
              () -> BuildException.failed("open " + filename + ": no such file or directory"));
      var text = new SourceText(filename, "Dockerfile", bytes, Optional.of(definition));
      return new Dockerfile(text, source.vertex().digest(), ownIgnoreFile);
    } catch (BuildException e) {
      throw e.within("failed to read dockerfile");
    }
  }

  /** What the context leaves out, in order. */
  List<String> ignored(Dockerfile file) throws InterruptedException {
    if (remote.isPresent() || given(CONTEXT).isPresent()) {
      return List.of();
    }
    if (file.ownIgnoreFile().isPresent()) {
      return patterns(file.ownIgnoreFile().get(), file.text().filename() + IGNORE_FILE);
    }
    var source =
        source(
            "context",
            List.of(IGNORE_FILE),
            "context-" + IGNORE_FILE,
            "[internal] load " + IGNORE_FILE);
    var tree = client.solve(Definitions.marshal(Optional.of(source)));
    return ignored(tree);
  }

  /** The patterns in a directory's ignore file; none if it cannot be read, as upstream has it. */
  static List<String> ignored(FrontendClient.Tree tree) throws InterruptedException {
    Optional<byte[]> file;
    try {
      file = tree.readFile(IGNORE_FILE);
    } catch (BuildException _) {
      return List.of();
    }
    return file.isPresent() ? patterns(file.get(), IGNORE_FILE) : List.of();
  }

  private static List<String> patterns(byte[] file, String name) {
    try {
      return IgnoreFile.read(file);
    } catch (BuildException e) {
      throw e.within("failed parsing " + name);
    }
  }

  /** A tree that the client has given in place of a directory; the empty one does not count. */
  private Optional<LlbEdge> given(String name) {
    return Optional.ofNullable(client.inputs().get(name)).flatMap(DefinitionReader::result);
  }

  /** Single files of a directory. */
  private LlbEdge source(String name, List<String> paths, String hint, String shown) {
    var attributes =
        Map.of(
            "local.followpaths",
            Json.ofTexts(paths).write(),
            "local.sharedkeyhint",
            hint,
            "local.differ",
            "none");
    return local(name, attributes, CAPABILITIES, shown);
  }

  private LlbEdge local(
      String name, Map<String, String> attributes, List<String> capabilities, String shown) {
    var all = new TreeMap<>(attributes);
    all.put(
        "local.session", options.all().getOrDefault("local-sessionid:" + name, client.sessionId()));
    var used = new ArrayList<>(List.of("source.local", "source.local.sessionid"));
    used.addAll(capabilities);
    return Ops.source("local://" + name, all, Optional.empty(), used, Ops.About.named(shown));
  }

  /**
   * The build context.
   *
   * @param paths what is used of it; nothing if all is
   */
  LlbEdge context(List<String> ignored, Optional<List<String>> paths) {
    var elsewhere =
        remote
            .map(RemoteContext::context)
            .or(() -> given(CONTEXT).map(tree -> RemoteContext.scoped(options, tree)));
    if (elsewhere.isPresent()) {
      return elsewhere.get();
    }
    var attributes = new TreeMap<String, String>();
    var capabilities = new ArrayList<String>();
    attributes.put("local.sharedkeyhint", "context");
    capabilities.add("source.local.sharedkeyhint");
    if (!ignored.isEmpty()) {
      attributes.put("local.excludepatterns", Json.ofTexts(ignored).write());
      capabilities.add("source.local.excludepatterns");
    }
    paths.ifPresent(used -> {
      attributes.put("local.followpaths", Json.ofTexts(used).write());
      capabilities.add("source.local.followpaths");
    });
    return local("context", attributes, capabilities, "[internal] load build context");
  }
}
