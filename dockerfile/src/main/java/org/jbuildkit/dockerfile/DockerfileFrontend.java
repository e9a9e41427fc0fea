package org.jbuildkit.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.glob.IgnoreFile;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.ParsedFile;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.llb.SourceText;
import org.jbuildkit.oci.Platform;

/** Builds a Dockerfile: reads it from the session, converts it, and asks for the trees. */
public final class DockerfileFrontend {
  private final FrontendClient client;
  private final FrontendOptions options;
  private final BaseImages images = new BaseImages();

  private DockerfileFrontend(FrontendClient client) {
    this.client = client;
    RequestGate.check(client.options());
    this.options = FrontendOptions.parse(client.options(), client.buildPlatform());
  }

  /**
   * Runs one build.
   *
   * @throws BuildException with the place in the file where there is one
   */
  public static FrontendResult solve(FrontendClient client) throws InterruptedException {
    return new DockerfileFrontend(client).build();
  }

  private FrontendResult build() throws InterruptedException {
    var text = readFile();
    var ignored = ignoredPatterns();
    var trees = new LinkedHashMap<String, FrontendClient.Tree>();
    var metadata = new LinkedHashMap<String, byte[]>();
    for (var platform : options.platforms()) {
      var stage = convert(text, platform, ignored);
      var id = platform.format();
      var suffix = options.isMultiPlatform() ? "/" + id : "";
      trees.put(id, client.solve(Definitions.marshal(stage.tree)));
      metadata.put("containerimage.config" + suffix, stage.image.toJson().bytes());
      stage.baseConfig.ifPresent(
          config -> metadata.put("containerimage.base.config" + suffix, config));
      options
          .epoch()
          .ifPresent(epoch ->
              metadata.put("source.date.epoch" + suffix, Json.of(epoch.getEpochSecond()).bytes()));
    }
    metadata.put("refs.platforms", platforms().bytes());
    return new FrontendResult(trees, options.isMultiPlatform(), metadata);
  }

  private Json platforms() {
    var list =
        options.platforms().stream()
            .<Json>map(platform ->
                Json.object()
                    .put("ID", platform.format())
                    .put("Platform", platform.toJson())
                    .build())
            .toList();
    return Json.object().put("Platforms", new Json.Arr(list)).build();
  }

  // Files from the session.

  private LlbEdge local(
      String name, Map<String, String> attributes, List<String> capabilities, String shown) {
    var all = new TreeMap<>(attributes);
    all.put(
        "local.session", options.all().getOrDefault("local-sessionid:" + name, client.sessionId()));
    var used = new java.util.ArrayList<>(List.of("source.local", "source.local.sessionid"));
    used.addAll(capabilities);
    return Ops.source("local://" + name, all, Optional.empty(), used, Ops.About.named(shown));
  }

  private SourceText readFile() throws InterruptedException {
    var filename = options.filename();
    var paths = new java.util.ArrayList<>(List.of(filename, filename + ".dockerignore"));
    boolean isDefault = filename.equals("Dockerfile") || filename.endsWith("/Dockerfile");
    if (isDefault) {
      paths.add(filename.substring(0, filename.length() - "Dockerfile".length()) + "dockerfile");
    }
    var name = options.all().getOrDefault("dockerfilekey", "dockerfile");
    var source =
        local(
            name,
            Map.of(
                "local.followpaths",
                Json.ofTexts(paths).write(),
                "local.sharedkeyhint",
                name,
                "local.differ",
                "none"),
            List.of("source.local.followpaths", "source.local.sharedkeyhint"),
            "[internal] load build definition from " + filename);
    var definition = Definitions.marshal(Optional.of(source));
    var tree = client.solve(definition);
    ownIgnoreFile = tree.readFile(filename + ".dockerignore");
    var data = tree.readFile(filename);
    if (data.isEmpty() && isDefault) {
      data = tree.readFile(paths.getLast());
    }
    if (data.isEmpty()) {
      throw BuildException.failed(
          "failed to read dockerfile: open " + filename + ": no such file or directory");
    }
    SyntaxChoice.check(data.get(), options.all());
    return new SourceText(filename, "Dockerfile", data.get(), Optional.of(definition));
  }

  private Optional<byte[]> ownIgnoreFile = Optional.empty();

  private List<String> ignoredPatterns() throws InterruptedException {
    if (ownIgnoreFile.isPresent()) {
      return IgnoreFile.read(ownIgnoreFile.get());
    }
    var source =
        local(
            "context",
            Map.of(
                "local.followpaths", Json.ofTexts(List.of(".dockerignore")).write(),
                "local.sharedkeyhint", "context-.dockerignore",
                "local.differ", "none"),
            List.of("source.local.followpaths", "source.local.sharedkeyhint"),
            "[internal] load .dockerignore");
    var tree = client.solve(Definitions.marshal(Optional.of(source)));
    return tree.readFile(".dockerignore").map(IgnoreFile::read).orElse(List.of());
  }

  private LlbEdge context(List<String> ignored, Optional<List<String>> paths) {
    var attributes = new TreeMap<String, String>();
    var capabilities = new java.util.ArrayList<String>();
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

  // Conversion.

  private Stage convert(SourceText text, Platform platform, List<String> ignored)
      throws InterruptedException {
    var draft = scene(text, '\\', platform, context(ignored, Optional.empty()));
    ParsedFile file;
    try {
      file = DockerfileParser.parse(text.data());
    } catch (SyntaxException e) {
      throw new Conversion(draft, images).syntaxError(e);
    }
    var first = scene(text, file.escape(), platform, draft.context);
    run(first, file);
    var second = scene(text, file.escape(), platform, context(ignored, followPaths(first)));
    return run(second, file);
  }

  private Stage run(BuildScene scene, ParsedFile file) throws InterruptedException {
    var conversion = new Conversion(scene, images);
    try {
      return conversion.convert(file.lines());
    } catch (SyntaxException e) {
      throw conversion.syntaxError(e);
    }
  }

  private BuildScene scene(SourceText text, char escape, Platform platform, LlbEdge context) {
    return new BuildScene(
        options, client, new BuildArguments(options.all()), text, escape, platform, context);
  }

  /** The paths used of the context; nothing if all of it is. */
  private static Optional<List<String>> followPaths(BuildScene scene) {
    if (scene.contextPaths.contains("/")) {
      return Optional.empty();
    }
    var paths = scene.contextPaths.stream().map(path -> path.substring(1)).sorted().toList();
    return Optional.of(paths);
  }
}
