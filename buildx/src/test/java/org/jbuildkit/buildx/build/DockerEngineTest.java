package org.jbuildkit.buildx.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {
  @TempDir Path folder;
  private final List<String> requests = new ArrayList<>();
  private ServerSocketChannel server;
  private volatile String loadAnswer = "";
  private volatile String driver = "overlay2";

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(folder.resolve("sock")));
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (true) {
      try (var channel = server.accept()) {
        var request = request(Channels.newInputStream(channel));
        synchronized (requests) {
          requests.add(request);
        }
        Channels.newOutputStream(channel)
            .write(answer(request).getBytes(StandardCharsets.US_ASCII));
      } catch (IOException _) {
        return;
      }
    }
  }

  private String answer(String request) {
    if (request.startsWith("POST /images/load")) {
      var size = Integer.toHexString(loadAnswer.length());
      return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + (loadAnswer.isEmpty() ? "" : size + "\r\n" + loadAnswer + "\r\n")
          + "0\r\n\r\n";
    }
    var body =
        request.startsWith("GET /info")
            ? "{\"DriverStatus\":[[\"driver-type\",\"" + driver + "\"]]}"
            : "OK";
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** All of a request: to the end of its head, or of its last chunk. */
  private static String request(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith(text.indexOf("chunked") < 0 ? "\r\n\r\n" : "\r\n0\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private DockerEngine engine() {
    return DockerEngine.at("unix://" + folder.resolve("sock"));
  }

  @Test
  void anImageIsSentInChunks() throws Exception {
    loadAnswer = "{\"stream\":\"Loaded image: a/b:latest\\n\"}\n";
    try (var out = engine().load()) {
      out.write("image".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(requests.getLast())
        .startsWith("POST /images/load?quiet=1 HTTP/1.1\r\n")
        .endsWith("\r\n\r\n5\r\nimage\r\n0\r\n\r\n");
  }

  @Test
  void whatTheEngineRefusesIsAnError() throws Exception {
    loadAnswer = "{\"error\":\"no space left\"}\n";
    var out = engine().load();
    assertThatThrownBy(out::close).hasMessage("error from the Docker Engine: no space left");
  }

  @Test
  void layoutsAreForEnginesThatKeepImagesAsTheyAre() throws Exception {
    assertThat(engine().takesLayouts()).isFalse();
    driver = "io.containerd.snapshotter.v1";
    assertThat(engine().takesLayouts()).isTrue();
  }

  @Test
  void withoutAnEngineThereIsAnotherWay() {
    assertThatThrownBy(() -> DockerEngine.at("unix://" + folder.resolve("none")))
        .hasMessageContaining("failed to connect to the docker API at unix://")
        .hasMessageEndingWith("write the image to a file with --output type=docker,dest=FILE");
    assertThatThrownBy(() -> DockerEngine.at("tcp://host:1"))
        .hasMessageContaining("only at a unix");
  }
}
