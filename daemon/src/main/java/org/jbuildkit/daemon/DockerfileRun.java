package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.DockerfileFrontend;
import org.jbuildkit.dockerfile.FrontendClient;
import org.jbuildkit.dockerfile.HostKeys;
import org.jbuildkit.dockerfile.SourceDate;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Attestation;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.engine.gateway.SourceQuestions;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.pb.Definition;

/** Runs the built-in Dockerfile frontend for a build. */
final class DockerfileRun implements FrontendClient {
  private final Build build;
  private final Frontend.Request request;
  private final OwnImages ownImages;
  private final HostKeys hostKeys = new HostKeys();

  private DockerfileRun(Build build, Frontend.Request request, OwnImages ownImages) {
    this.ownImages = ownImages;
    this.build = build;
    this.request = request;
  }

  /**
   * Converts the Dockerfile; its trees are not made yet.
   *
   * @param ownImages those whose language is this one
   */
  static Build.Returned run(Build build, Frontend.Request request, OwnImages ownImages)
      throws InterruptedException {
    var result = DockerfileFrontend.solve(new DockerfileRun(build, request, ownImages));
    if (result.forwarded().isPresent()) {
      return ((ForwardedResult) result.forwarded().get()).returned();
    }
    var trees = new LinkedHashMap<String, Optional<BuildTree>>();
    result.trees().forEach((id, tree) -> trees.put(id, Optional.of(tree(tree))));
    var scans = new LinkedHashMap<String, List<Attestation>>();
    result.scans().forEach((id, scan) -> scans.put(id, List.of(Attestation.ofScan(tree(scan)))));
    var returned =
        result.isMultiPlatform()
            ? new Build.Returned(Optional.empty(), trees, result.metadata())
            : new Build.Returned(
                trees.values().stream().findFirst().flatMap(tree -> tree),
                Map.of(),
                result.metadata());
    return returned.withAttestations(scans);
  }

  private static BuildTree tree(Tree tree) {
    return ((FrontendTree) tree).tree();
  }

  /** What the language needs of a build, for parts of it. */
  static FrontendClient client(Build build, Frontend.Request request) {
    return new DockerfileRun(build, request, new OwnImages(false));
  }

  @Override
  public SequencedMap<String, String> options() {
    return request.options();
  }

  @Override
  public Map<String, Definition> inputs() {
    return request.inputs();
  }

  @Override
  public String sessionId() {
    return build.job().sessionId();
  }

  @Override
  public Platform buildPlatform() {
    return Platform.host();
  }

  @Override
  public Tree solve(Definition definition) {
    return new FrontendTree(build.solve(definition));
  }

  @Override
  public Image resolveImage(LlbEdge source, Platform platform, String logName)
      throws InterruptedException {
    var definition = Definitions.marshal(Optional.of(source));
    var op = LoadedGraph.load(definition, o -> o).result().vertex().op();
    try {
      var image = build.resolveImage(op, platform.format(), logName);
      return Image.of(
          op.getSource().getIdentifier(), image.identifier(), image.digest(), image.config());
    } catch (IOException e) {
      throw BuildException.failed(failure(op), e);
    } catch (BuildException e) {
      throw e.within(failure(op));
    }
  }

  @Override
  public Optional<Instant> date(LlbEdge source, String logName) throws InterruptedException {
    try {
      var question = SourceDate.question(source, logName);
      return SourceDate.read(SourceQuestions.answer(build, question));
    } catch (IOException e) {
      throw BuildException.failed("failed to resolve source metadata", e);
    }
  }

  @Override
  public Optional<String> hostKey(String host) {
    return hostKeys.of(host);
  }

  @Override
  public Optional<Forwarded> forward(SequencedMap<String, String> options)
      throws InterruptedException {
    if (ownImages.contain(options.getOrDefault("source", ""))) {
      return Optional.empty();
    }
    var asked = Frontend.Request.of(options, request.inputs());
    return Optional.of(
        new ForwardedResult(build.frontends().solve(build, ImageFrontend.NAME, asked)));
  }

  private record ForwardedResult(Build.Returned returned) implements Forwarded {}

  @Override
  public void warn(Warning warning) {
    var message =
        VertexWarning.newBuilder()
            .setVertex(warning.vertex().toString())
            .setLevel(warning.level())
            .setShort(ByteString.copyFromUtf8(warning.text()))
            .setUrl(warning.url())
            .setInfo(Definitions.info(warning.source()))
            .addAllRanges(warning.ranges().stream().map(Definitions::range).toList());
    warning.details().forEach(line -> message.addDetail(ByteString.copyFromUtf8(line)));
    build.job().progress().warning(message.build());
  }

  private static String failure(org.jbuildkit.protocol.pb.Op op) {
    var identifier = op.getSource().getIdentifier();
    return "failed to resolve source metadata for "
        + identifier.substring(identifier.indexOf("://") + 3);
  }

  private record FrontendTree(BuildTree tree) implements Tree {
    @Override
    public Optional<byte[]> readFile(String path) throws InterruptedException {
      try {
        return Optional.of(tree.readFile(path));
      } catch (BuildException e) {
        // A tree that can't be made may be said to lack a file as well.
        if (BuildException.describe(e).equals("open " + path + ": no such file or directory")) {
          return Optional.empty();
        }
        throw e;
      } catch (IOException e) {
        throw BuildException.failed("failed to read " + path, e);
      }
    }
  }
}
