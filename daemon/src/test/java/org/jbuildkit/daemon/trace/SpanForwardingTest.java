package org.jbuildkit.daemon.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.protocol.otlp.ExportTraceServiceRequest;
import org.jbuildkit.protocol.otlp.ResourceSpans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanForwardingTest {
  private static final ResourceSpans SPANS =
      ResourceSpans.newBuilder().setSchemaUrl("schema").build();

  @TempDir private Path folder;

  @Test
  void spansGoToASocketByGrpc() throws Exception {
    var socket = folder.resolve("collector.sock");
    var received = new LinkedBlockingQueue<List<ResourceSpans>>();
    var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (var _ = TraceSocket.open(socket, loops, received::add);
        var forwarding =
            SpanForwarding.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "unix://" + socket))) {
      forwarding.add(List.of(SPANS));
      assertThat(received.poll(10, TimeUnit.SECONDS)).containsExactly(SPANS);
    } finally {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void spansGoToAnAddressByHttp() throws Exception {
    var received = new LinkedBlockingQueue<ExportTraceServiceRequest>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          received.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
        });
    server.start();
    var endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    try (var forwarding =
        SpanForwarding.of(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                endpoint,
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/protobuf"))) {
      forwarding.add(List.of(SPANS));
      var request = received.poll(10, TimeUnit.SECONDS);
      assertThat(request).isNotNull();
      assertThat(request.getResourceSpansList()).containsExactly(SPANS);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatNobodyUnderstandsIsRefused() {
    assertThatThrownBy(() -> SpanForwarding.of(Map.of("OTEL_TRACES_EXPORTER", "zz")))
        .hasMessage("unsupported opentelemetry exporter zz");
    var protocol =
        Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon");
    assertThatThrownBy(() -> SpanForwarding.of(protocol))
        .hasMessage("unsupported otlp protocol carrier-pigeon");
    assertThat(OtlpTarget.of(Map.of("OTEL_TRACES_EXPORTER", "zz", "OTEL_IGNORE_ERROR", "1")))
        .isEmpty();
    assertThat(OtlpTarget.of(Map.of())).isEmpty();
  }
}
