package org.jbuildkit.daemon.trace;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.otlp.ExportTraceServiceRequest;
import org.jbuildkit.protocol.otlp.ResourceSpans;
import org.jbuildkit.protocol.otlp.TraceServiceGrpc;
import org.jbuildkit.session.CallHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands spans on to a collector; what it cannot take in time is lost. */
public final class SpanForwarding implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpanForwarding.class);
  private static final int WAITING = 1000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration END_TIME = Duration.ofSeconds(5);

  private final LinkedBlockingQueue<ResourceSpans> queue = new LinkedBlockingQueue<>(WAITING);
  private final Optional<Thread> sender;

  /** Sends spans somewhere. */
  private interface Transport extends AutoCloseable {
    void send(ExportTraceServiceRequest request) throws IOException, InterruptedException;

    @Override
    void close();
  }

  private SpanForwarding(Optional<OtlpTarget> target) {
    this.sender = target.map(known -> Thread.ofVirtual().name("spans").start(() -> run(known)));
  }

  /**
   * Starts what the environment asks for.
   *
   * @throws BuildException for exporters and protocols that there are not
   */
  public static SpanForwarding of(Map<String, String> environment) {
    return new SpanForwarding(OtlpTarget.of(environment));
  }

  /** Takes spans, if anybody collects them. */
  public void add(List<ResourceSpans> spans) {
    if (sender.isPresent()) {
      for (var span : spans) {
        var _ = queue.offer(span);
      }
    }
  }

  private void run(OtlpTarget target) {
    try (var transport = target.isHttp() ? new Posting(target) : new Calling(target)) {
      while (!Thread.currentThread().isInterrupted()) {
        var first = queue.poll(1, TimeUnit.SECONDS);
        if (first != null) {
          send(transport, first);
        }
      }
      var last = queue.poll();
      if (last != null) {
        var _ = Thread.interrupted();
        send(transport, last);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Transport transport, ResourceSpans first) throws InterruptedException {
    var batch = new ArrayList<ResourceSpans>();
    batch.add(first);
    queue.drainTo(batch);
    try {
      transport.send(ExportTraceServiceRequest.newBuilder().addAllResourceSpans(batch).build());
    } catch (IOException | RuntimeException e) {
      LOG.debug("can't hand on {} spans: {}", batch.size(), BuildException.describe(e));
    }
  }

  @Override
  public void close() {
    sender.ifPresent(thread -> {
      thread.interrupt();
      try {
        var _ = thread.join(END_TIME);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private static final class Posting implements Transport {
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final OtlpTarget target;

    Posting(OtlpTarget target) {
      this.target = target;
    }

    @Override
    public void send(ExportTraceServiceRequest request) throws IOException, InterruptedException {
      var post =
          HttpRequest.newBuilder(target.endpoint())
              .timeout(TIMEOUT)
              .header("Content-Type", "application/x-protobuf")
              .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()));
      target.headers().forEach(post::header);
      var answer = client.send(post.build(), HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException("the collector answers " + answer.statusCode());
      }
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  private static final class Calling implements Transport {
    private final MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ManagedChannel channel;
    private final Metadata headers = new Metadata();

    Calling(OtlpTarget target) {
      this.channel = builder(target).eventLoopGroup(group).build();
      target.headers().forEach((name, value) -> headers.put(CallHeaders.key(name), value));
    }

    private static NettyChannelBuilder builder(OtlpTarget target) {
      var endpoint = target.endpoint();
      if ("unix".equals(endpoint.getScheme())) {
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(endpoint.getPath()))
            .channelType(NioDomainSocketChannel.class)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .overrideAuthority("localhost")
            .usePlaintext();
      }
      boolean isSecure = "https".equals(endpoint.getScheme());
      int port = endpoint.getPort() < 0 ? 4317 : endpoint.getPort();
      var builder = NettyChannelBuilder.forAddress(endpoint.getHost(), port);
      return isSecure ? builder.useTransportSecurity() : builder.usePlaintext();
    }

    @Override
    public void send(ExportTraceServiceRequest request) {
      var _ =
          TraceServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .export(request);
    }

    @Override
    public void close() {
      channel.shutdownNow();
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
