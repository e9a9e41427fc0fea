package org.jbuildkit.buildx.build;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;

/** The Docker Engine at a unix socket, as far as images are put into it. */
final class DockerEngine {
  private static final int MAX_ANSWER = 16 << 20;
  private static final int MAX_LINE = 64 << 10;
  private static final int CHUNK = 64 << 10;

  private final Path socket;

  private DockerEngine(Path socket) {
    this.socket = socket;
  }

  /**
   * The engine at an address, which answers.
   *
   * @throws BuildException if there is none, with what to do without one
   */
  static DockerEngine at(String address) {
    var without = ": to do without, write the image to a file with --output type=docker,dest=FILE";
    if (!address.startsWith("unix://")) {
      throw BuildException.failed(
          "can't load images into the Docker Engine at %s, only at a unix socket%s"
              .formatted(address, without));
    }
    var engine = new DockerEngine(Path.of(address.substring("unix://".length())));
    try {
      var _ = engine.get("/_ping");
      return engine;
    } catch (IOException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "can't load images: failed to connect to the docker API at %s (%s)%s"
              .formatted(address, BuildException.describe(e), without),
          e);
    }
  }

  /** Whether it takes images in OCI layouts, several platforms and attestations included. */
  boolean takesLayouts() throws IOException {
    var info = Json.parseObject(get("/info"));
    for (var element : info.array("DriverStatus")) {
      if (element instanceof Json.Arr(var pair)
          && pair.size() == 2
          && pair.getFirst().equals(Json.of("driver-type"))
          && pair.getLast().equals(Json.of("io.containerd.snapshotter.v1"))) {
        return true;
      }
    }
    return false;
  }

  private byte[] get(String path) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      var out = Channels.newOutputStream(channel);
      out.write(head("GET", path, "").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return answer(Channels.newInputStream(channel));
    }
  }

  private static String head(String method, String path, String more) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
        + more
        + "\r\n";
  }

  /** A stream into the engine: closing it waits until the image is there. */
  OutputStream load() throws IOException {
    var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    var out = Channels.newOutputStream(channel);
    var headers = "Content-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n";
    out.write(head("POST", "/images/load?quiet=1", headers).getBytes(StandardCharsets.US_ASCII));
    return new Load(channel, out);
  }

  private static final class Load extends OutputStream {
    private final SocketChannel channel;
    private final OutputStream out;
    private boolean closed;

    private Load(SocketChannel channel, OutputStream out) {
      this.channel = channel;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int size = Math.min(CHUNK, length - done);
        out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(buffer, offset + done, size);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        done += size;
      }
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (channel) {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var answer = answer(Channels.newInputStream(channel));
        for (var line : new String(answer, StandardCharsets.UTF_8).split("\n", -1)) {
          error(line)
              .ifPresent(text -> {
                throw BuildException.failed("error from the Docker Engine: " + text);
              });
        }
      }
    }

    private static Optional<String> error(String line) {
      try {
        return line.isBlank()
            ? Optional.empty()
            : Optional.of(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)).text("error"))
                .filter(text -> !text.isEmpty());
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }
  }

  /** The body of an answer. */
  private static byte[] answer(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw);
    var status = line(in);
    boolean chunked = false;
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      var lower = header.toLowerCase(Locale.ROOT).replace(" ", "");
      chunked |= lower.equals("transfer-encoding:chunked");
    }
    var body = chunked ? chunks(in) : in.readNBytes(MAX_ANSWER);
    if (!status.matches("HTTP/1\\.[01] 2[0-9][0-9].*")) {
      throw new IOException(
          status.replaceFirst("^HTTP/1\\.[01] ", "")
              + ": "
              + new String(body, StandardCharsets.UTF_8).trim());
    }
    return body;
  }

  private static byte[] chunks(InputStream in) throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      var size = line(in);
      if (!size.matches("[0-9a-fA-F]{1,6}")) {
        throw new IOException("bad chunk of an answer: " + size);
      }
      int length = Integer.parseInt(size, 16);
      if (length == 0 || body.size() + length > MAX_ANSWER) {
        return body.toByteArray();
      }
      body.writeBytes(in.readNBytes(length));
      var _ = line(in);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() > MAX_LINE) {
        throw new IOException("the answer ends in the middle of its head");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }
}
