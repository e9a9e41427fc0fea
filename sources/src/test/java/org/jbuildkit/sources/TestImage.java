package org.jbuildkit.sources;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarWriter;

/** A registry with one image of two layers, which can be made to misbehave. */
final class TestImage implements AutoCloseable {
  private final HttpServer server;
  private final List<String> asked = new ArrayList<>();
  private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();
  private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
  private final List<Descriptor> layers;
  private final Descriptor root;
  private final byte[] config;

  TestImage() throws IOException {
    layers = List.of(layer("a", "one"), layer("b", "two"));
    var diffIds = layers.stream().map(layer -> layer.digest().toString()).toList();
    var rootfs = Json.object().put("type", "layers").put("diff_ids", Json.ofTexts(diffIds)).build();
    config =
        Json.object()
            .put("architecture", "amd64")
            .put("os", "linux")
            .put("rootfs", rootfs)
            .put("config", Json.object().put("Labels", hostileLabels()).build())
            .build()
            .bytes();
    var configBlob = blob(MediaType.OCI_CONFIG, config);
    var manifest =
        new Manifest(MediaType.OCI_MANIFEST, configBlob, layers, new LinkedHashMap<>()).bytes();
    root = Descriptor.of(MediaType.OCI_MANIFEST, manifest);
    bodies.put("/v2/image/manifests/v1", manifest);
    bodies.put("/v2/image/manifests/" + root.digest(), manifest);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** What a command line or a shell would take for more than a text. */
  private static Json hostileLabels() {
    return Json.object()
        .put("--exec", "$(touch /x); `y`\n--z")
        .put("binary:///bin/sh", "<&>\0")
        .build();
  }

  /** The config's bytes. */
  byte[] config() {
    return config.clone();
  }

  private Descriptor layer(String name, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream();
    try (var tar = new TarWriter(out)) {
      tar.begin(TarEntry.of(TarEntry.Kind.REGULAR, ByteName.ofText(name), 0644, bytes.length));
      tar.write(bytes, 0, bytes.length);
    }
    return blob(MediaType.OCI_LAYER, out.toByteArray());
  }

  private Descriptor blob(String mediaType, byte[] bytes) {
    var descriptor = Descriptor.of(mediaType, bytes);
    bodies.put("/v2/image/blobs/" + descriptor.digest(), bytes);
    return descriptor;
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  Digest digest() {
    return root.digest();
  }

  List<Descriptor> layers() {
    return layers;
  }

  /** Turns one bit of what a path answers. */
  void spoil(String path) {
    bodies.computeIfPresent(
        path,
        (_, bytes) -> {
          var spoilt = bytes.clone();
          spoilt[20] ^= 1;
          return spoilt;
        });
  }

  /** Answers a path with a status from now on. */
  void fail(String path, int status) {
    statuses.put(path, status);
  }

  String blobPath(Descriptor descriptor) {
    return "/v2/image/blobs/" + descriptor.digest();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      synchronized (asked) {
        asked.add(exchange.getRequestMethod() + " " + path);
      }
      var body = bodies.get(path);
      var status = statuses.getOrDefault(path, body == null ? 404 : 200);
      if (status != 200 || body == null) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      if (path.contains("/manifests/")) {
        exchange.getResponseHeaders().add("Content-Type", MediaType.OCI_MANIFEST);
        exchange.getResponseHeaders().add("Docker-Content-Digest", root.digest().toString());
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  List<String> asked() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
