package org.jbuildkit.frontend;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Shared;
import org.jbuildkit.dockerfile.FrontendClient;
import org.jbuildkit.dockerfile.HostKeys;
import org.jbuildkit.dockerfile.SourceDate;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.apicaps.APICap;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.WarnRequest;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.session.errors.StatusCodec;

/** What the language needs, asked of a daemon's gateway. */
public final class BridgeClient implements FrontendClient {
  private static final String GATEWAY = "gateway.v0";
  private static final String LAYOUT = "oci-layout://";
  private static final int LAYOUT_RESOLVER = 1;

  private final LLBBridgeGrpc.LLBBridgeBlockingStub bridge;
  private final RunSettings settings;
  private final HostKeys hostKeys = new HostKeys();
  private final Shared<PongResponse> daemon;
  private final Shared<Map<String, Definition>> inputs;

  /**
   * @param channel to the daemon, with whatever headers it needs; stays the caller's
   */
  public BridgeClient(Channel channel, RunSettings settings) {
    this.bridge = LLBBridgeGrpc.newBlockingStub(channel);
    this.settings = settings;
    this.daemon =
        new Shared<>("ping", () -> call(() -> bridge.ping(PingRequest.getDefaultInstance())));
    this.inputs =
        new Shared<>(
            "inputs",
            () ->
                supports("frontend.inputs")
                    ? call(() -> bridge.inputs(InputsRequest.getDefaultInstance()))
                        .getDefinitionsMap()
                    : Map.of());
  }

  /** A tree that the daemon knows by an id. */
  record RemoteTree(LLBBridgeGrpc.LLBBridgeBlockingStub bridge, String id) implements Tree {
    @Override
    public Optional<byte[]> readFile(String path) throws InterruptedException {
      var request = ReadFileRequest.newBuilder().setRef(id).setFilePath(path).build();
      try {
        return Optional.of(call(() -> bridge.readFile(request)).getData().toByteArray());
      } catch (BuildException e) {
        var text = BuildException.describe(e);
        // A tree that can't be made may be said to lack a file as well.
        boolean isMade = !text.contains("invalid subdir ");
        if (isMade && text.endsWith("no such file or directory")) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  /** A result that another frontend made, as it came. */
  record RemoteResult(Result result) implements Forwarded {}

  private static <R> R call(Callable<R> method) throws InterruptedException {
    try {
      return method.call();
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw StatusCodec.decode(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw BuildException.failed("the daemon can't be asked", e);
    }
  }

  private boolean supports(String capability) throws InterruptedException {
    return daemon.await().getFrontendAPICapsList().stream()
        .filter(APICap::getEnabled)
        .anyMatch(cap -> cap.getID().equals(capability));
  }

  @Override
  public SequencedMap<String, String> options() {
    return settings.options();
  }

  @Override
  public Map<String, Definition> inputs() {
    try {
      return inputs.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BuildException.failed("inputs can't be asked for", e);
    }
  }

  @Override
  public String sessionId() {
    return settings.sessionId();
  }

  @Override
  public Platform buildPlatform() {
    return settings.platform().orElseGet(Platform::host);
  }

  @Override
  public Tree solve(Definition definition) throws InterruptedException {
    var result = solve(SolveRequest.newBuilder().setDefinition(definition));
    return new RemoteTree(bridge, result.getRef().getId());
  }

  private Result solve(SolveRequest.Builder request) throws InterruptedException {
    var complete = request.setAllowResultReturn(true).setAllowResultArrayRef(true).build();
    return call(() -> bridge.solve(complete)).getResult();
  }

  @Override
  public Image resolveImage(LlbEdge source, Platform platform, String logName)
      throws InterruptedException {
    var definition = Definitions.marshal(Optional.of(source));
    var op = LoadedGraph.load(definition, o -> o).result().vertex().op();
    try {
      return supports("source.metaresolver")
          ? resolve(op, platform, logName)
          : resolveAtOlder(op, platform, logName);
    } catch (BuildException e) {
      var identifier = op.getSource().getIdentifier();
      var name = identifier.substring(identifier.indexOf("://") + 3);
      throw e.within("failed to resolve source metadata for " + name);
    }
  }

  private Image resolve(Op op, Platform platform, String logName) throws InterruptedException {
    var request =
        ResolveSourceMetaRequest.newBuilder()
            .setSource(op.getSource())
            .setPlatform(Ops.platform(platform))
            .setLogName(logName)
            .setResolveMode(attribute(op, SourceAttributes.IMAGE_RESOLVE_MODE))
            .build();
    var answer = call(() -> bridge.resolveSourceMeta(request));
    var image = answer.getImage();
    var taken = answer.getSource().getIdentifier();
    return image(op, taken, image.getDigest(), image.getConfig());
  }

  @Override
  public Optional<Instant> date(LlbEdge source, String logName) throws InterruptedException {
    var question = SourceDate.question(source, logName);
    return SourceDate.read(call(() -> bridge.resolveSourceMeta(question)));
  }

  private Image resolveAtOlder(Op op, Platform platform, String logName)
      throws InterruptedException {
    var identifier = op.getSource().getIdentifier();
    var scheme = identifier.substring(0, identifier.indexOf("://") + 3);
    var request =
        ResolveImageConfigRequest.newBuilder()
            .setRef(identifier.substring(scheme.length()))
            .setPlatform(Ops.platform(platform))
            .setLogName(logName)
            .setResolveMode(attribute(op, SourceAttributes.IMAGE_RESOLVE_MODE));
    if (identifier.startsWith(LAYOUT)) {
      request
          .setResolverType(LAYOUT_RESOLVER)
          .setSessionID(attribute(op, SourceAttributes.OCI_SESSION))
          .setStoreID(attribute(op, SourceAttributes.OCI_STORE));
    }
    var complete = request.build();
    var image = call(() -> bridge.resolveImageConfig(complete));
    var taken = image.getRef().isEmpty() ? identifier : scheme + image.getRef();
    return image(op, taken, image.getDigest(), image.getConfig());
  }

  private static String attribute(Op op, String name) {
    return op.getSource().getAttrsMap().getOrDefault(name, "");
  }

  private static Image image(Op asked, String taken, String digest, ByteString config) {
    try {
      var identifier = asked.getSource().getIdentifier();
      return Image.of(identifier, taken, Digest.parse(digest), config.toByteArray());
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("the daemon names no digest", e);
    }
  }

  @Override
  public Optional<String> hostKey(String host) {
    return hostKeys.of(host);
  }

  @Override
  public Optional<Forwarded> forward(SequencedMap<String, String> options)
      throws InterruptedException {
    var request =
        SolveRequest.newBuilder()
            .setFrontend(GATEWAY)
            .putAllFrontendOpt(options)
            .putAllFrontendInputs(inputs.await());
    return Optional.of(new RemoteResult(solve(request)));
  }

  @Override
  public void warn(Warning warning) {
    var message =
        WarnRequest.newBuilder()
            .setDigest(warning.vertex().toString())
            .setLevel(warning.level())
            .setShort(ByteString.copyFromUtf8(warning.text()))
            .setUrl(warning.url())
            .setInfo(Definitions.info(warning.source()))
            .addAllRanges(warning.ranges().stream().map(Definitions::range).toList());
    warning.details().forEach(line -> message.addDetail(ByteString.copyFromUtf8(line)));
    try {
      if (supports("gateway.warnings")) {
        var _ = call(() -> bridge.warn(message.build()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BuildException.failed("the warning can't be told", e);
    }
  }

  /** The stub that all calls go through. */
  LLBBridgeGrpc.LLBBridgeBlockingStub bridge() {
    return bridge;
  }
}
