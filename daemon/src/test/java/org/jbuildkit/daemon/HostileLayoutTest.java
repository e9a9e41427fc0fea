package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.protocol.content.ContentGrpc;
import org.jbuildkit.protocol.content.Info;
import org.jbuildkit.protocol.content.InfoRequest;
import org.jbuildkit.protocol.content.InfoResponse;
import org.jbuildkit.protocol.content.ReadContentRequest;
import org.jbuildkit.protocol.content.ReadContentResponse;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.session.SessionServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2023-25153: a client's image layout whose blobs are not what they are said to be. */
@Timeout(60)
class HostileLayoutTest {
  /** What the client sends at most where a blob has no end. */
  private static final long ENDLESS = 512L << 20;

  /** What may be on its way when the daemon has enough. */
  private static final long UNDER_WAY = 64L << 20;

  @TempDir Path folder;
  private EmbeddedBuildkit daemon;
  private ManagedChannel channel;
  private final Layout layout = new Layout();

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder.resolve("root")));
    channel = daemon.openChannel();
  }

  @AfterEach
  void stop() {
    if (channel != null) {
      channel.shutdownNow();
      daemon.close();
    }
  }

  /** The client's blobs: with sizes that may be wrong, and ends that may never come. */
  private static final class Layout extends ContentGrpc.ContentImplBase {
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private String endless = "";
    private final AtomicLong sent = new AtomicLong();

    private Descriptor add(String mediaType, byte[] bytes) {
      var descriptor = Descriptor.of(mediaType, bytes);
      blobs.put(descriptor.digest().toString(), bytes);
      return descriptor;
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
      var digest = request.getDigest();
      long size = sizes.getOrDefault(digest, (long) blobs.getOrDefault(digest, new byte[0]).length);
      var info = Info.newBuilder().setDigest(digest).setSize(size);
      out.onNext(InfoResponse.newBuilder().setInfo(info).build());
      out.onCompleted();
    }

    @Override
    public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> out) {
      send(ByteString.copyFrom(blobs.getOrDefault(request.getDigest(), new byte[0])), out);
      var call = (ServerCallStreamObserver<ReadContentResponse>) out;
      var more = ByteString.copyFrom(new byte[1 << 20]);
      while (request.getDigest().equals(endless) && !call.isCancelled() && sent.get() < ENDLESS) {
        if (call.isReady()) {
          send(more, out);
        } else {
          LockSupport.parkNanos(100_000);
        }
      }
      if (!call.isCancelled()) {
        out.onCompleted();
      }
    }

    private void send(ByteString data, StreamObserver<ReadContentResponse> out) {
      out.onNext(ReadContentResponse.newBuilder().setData(data).build());
      sent.addAndGet(data.size());
    }
  }

  /** An image with a layer that is no archive. */
  private Descriptor image() {
    var layer = layout.add(MediaType.OCI_LAYER, "no layer".getBytes(StandardCharsets.UTF_8));
    var rootfs =
        Json.object()
            .put("type", "layers")
            .put("diff_ids", Json.ofTexts(List.of(layer.digest().toString())))
            .build();
    var config =
        Json.object().put("architecture", "amd64").put("os", "linux").put("rootfs", rootfs);
    var configBlob = layout.add(MediaType.OCI_CONFIG, config.build().bytes());
    var manifest =
        new Manifest(MediaType.OCI_MANIFEST, configBlob, List.of(layer), new LinkedHashMap<>());
    return layout.add(MediaType.OCI_MANIFEST, manifest.bytes());
  }

  /** Builds on the image, so that its layers are wanted. */
  private void build(Digest image) throws Exception {
    try (var server = SessionServer.start("", List.of(layout));
        var _ = server.connect(channel)) {
      var source =
          SourceOp.newBuilder()
              .setIdentifier("oci-layout://test.invalid/image@" + image)
              .putAttrs("oci.session", server.id())
              .putAttrs("oci.store", "store");
      var base = TestTrees.edge(Op.newBuilder().setSource(source), List.of());
      var dir = FileActionMkDir.newBuilder().setPath("/d").setMode(0755).setTimestamp(-1);
      var action = FileAction.newBuilder().setInput(0).setSecondaryInput(-1).setMkdir(dir);
      var op = Op.newBuilder().setFile(FileOp.newBuilder().addActions(action));
      var definition = Definitions.marshal(Optional.of(TestTrees.edge(op, List.of(base))));
      var _ =
          ControlGrpc.newBlockingStub(channel)
              .withDeadlineAfter(50, TimeUnit.SECONDS)
              .solve(
                  SolveRequest.newBuilder()
                      .setRef("r")
                      .setSession(server.id())
                      .setDefinition(definition)
                      .build());
    }
  }

  private void refused(Digest image, String text) throws Exception {
    assertThatThrownBy(() -> build(image))
        .hasMessageContaining(text)
        .message()
        .doesNotContain("DEADLINE");
    assertThat(layout.sent.get()).isLessThan(UNDER_WAY);
    try (var left = Files.list(folder.resolve("root/content/ingest"))) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aBlobWithoutEndIsReadToItsSizeOnly(int index) throws Exception {
    var image = image();
    layout.endless = List.copyOf(layout.blobs.keySet()).get(index);
    refused(image.digest(), layout.endless);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 40, Long.MAX_VALUE, 9L << 20, -1, Long.MIN_VALUE})
  void aDocumentThatIsSaidToBeHugeIsNotAskedFor(long size) throws Exception {
    var image = image();
    layout.sizes.put(image.digest().toString(), size);
    layout.endless = image.digest().toString();
    refused(image.digest(), size < 0 ? "negative size" : "is larger than");
    assertThat(layout.sent).hasValue(0);
  }

  @Test
  void otherBytesThanTheDigestsAreRefused() throws Exception {
    var image = image();
    var manifest = Objects.requireNonNull(layout.blobs.get(image.digest().toString()));
    manifest[manifest.length - 1] ^= 1;
    refused(image.digest(), image.digest().toString());
  }

  /** GHSA-5j5w-g665-5m35: one document read as manifest here, and as index there. */
  @ParameterizedTest
  @ValueSource(strings = {"\"manifests\":[],", "\"manifests\":{},"})
  void aDocumentOfBothKindsIsRefused(String more) throws Exception {
    var bytes = layout.blobs.get(image().digest().toString());
    var text = new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    var untyped = text.replaceFirst("\"mediaType\": \"[^\"]*manifest[^\"]*\",", "").substring(1);
    var both = "{" + more + untyped;
    assertThat(both).hasSizeLessThan(text.length());
    var image = layout.add(MediaType.OCI_MANIFEST, both.getBytes(StandardCharsets.UTF_8));
    refused(image.digest(), "both manifest and index");
  }
}
