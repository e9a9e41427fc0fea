package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LoadedEdge;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Conversions of Dockerfiles against the vertices and image configs that BuildKit made of them. */
class GoldenConversionTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final String BASE =
      "sha256:a1a4c19b7b9f9cd2215e0d28196994ccba0584b109137f28052b63971c007d41";

  @TestFactory
  Stream<DynamicTest> conversionEqualsUpstreams() throws IOException {
    return folders().stream()
        .map(folder ->
            DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
  }

  private static List<Path> folders() throws IOException {
    try (var list = Files.list(RESOURCES.resolve("golden"))) {
      return list.sorted().toList();
    }
  }

  private static void check(Path folder) throws IOException, InterruptedException {
    var client = new GoldenClient(folder);
    var result = DockerfileFrontend.solve(client);
    checkVertices(client, folder);
    for (var id : result.trees().keySet()) {
      var key = "containerimage.config" + (result.isMultiPlatform() ? "/" + id : "");
      var made = Json.parseObject(result.metadata().getOrDefault(key, new byte[0]));
      var file = folder.resolve("config-" + id.replace('/', '-') + ".json");
      var expected = Json.parseObject(Files.readAllBytes(file));
      assertThat(made.object("config").write()).isEqualTo(expected.object("config").write());
      assertThat(steps(made)).isEqualTo(steps(expected));
      assertThat(made.text("os") + made.text("architecture"))
          .isEqualTo(expected.text("os") + expected.text("architecture"));
    }
  }

  private static List<String> steps(Json.Obj config) {
    return config.array("history").stream()
        .map(Json.Obj.class::cast)
        .map(entry -> entry.text("created_by") + " empty:" + entry.flag("empty_layer"))
        .toList();
  }

  /** Names always agree; digests do where nothing of the client's random session goes in. */
  private static void checkVertices(GoldenClient client, Path folder) throws IOException {
    var expectedNames = new TreeSet<String>();
    var expectedLines = new HashSet<String>();
    for (var line : Files.readAllLines(folder.resolve("vertexes"))) {
      expectedLines.add(line);
      expectedNames.add(line.substring(line.indexOf('\t') + 1));
    }
    var names = new TreeSet<>(client.logNames);
    var independent = new TreeSet<String>();
    for (var definition : client.solved) {
      if (definition.getDefCount() > 0) {
        walk(LoadedGraph.load(definition, op -> op).result(), names, independent);
      }
    }
    assertThat(names).containsExactlyElementsOf(expectedNames);
    assertThat(expectedLines).containsAll(independent);
  }

  private static void walk(LoadedEdge result, Set<String> names, Set<String> independent) {
    var pending = new ArrayList<LoadedVertex>(List.of(result.vertex()));
    while (!pending.isEmpty()) {
      var vertex = pending.removeLast();
      var name = vertex.metadata().getDescriptionMap().getOrDefault("llb.customname", "unnamed");
      names.add(name);
      if (!isSessionBound(vertex)) {
        independent.add(vertex.digest() + "\t" + name);
      }
      vertex.inputs().forEach(input -> pending.add(input.vertex()));
    }
  }

  private static boolean isSessionBound(LoadedVertex vertex) {
    return vertex.op().getSource().getAttrsMap().keySet().stream()
            .anyMatch(key -> key.endsWith(".session"))
        || vertex.inputs().stream().anyMatch(input -> isSessionBound(input.vertex()));
  }

  /** Answers from a folder instead of a session. */
  private static final class GoldenClient implements FrontendClient {
    private final Path folder;
    private final SequencedMap<String, String> options = new LinkedHashMap<>();
    private final List<Definition> solved = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> logNames = new ConcurrentSkipListSet<>();

    GoldenClient(Path folder) throws IOException {
      this.folder = folder;
      options.put("context:base", "oci-layout://base@" + BASE);
      for (var line : Files.readAllLines(folder.resolve("opts"))) {
        int equals = line.indexOf('=');
        options.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }

    @Override
    public SequencedMap<String, String> options() {
      return options;
    }

    @Override
    public Map<String, Definition> inputs() {
      return Map.of();
    }

    @Override
    public String sessionId() {
      return "session";
    }

    @Override
    public Platform buildPlatform() {
      return Platform.parse("linux/amd64");
    }

    @Override
    public Tree solve(Definition definition) {
      solved.add(definition);
      return path -> {
        try {
          var file = folder.resolve(path);
          return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      };
    }

    @Override
    public Optional<Instant> date(LlbEdge source, String logName) {
      return Optional.empty();
    }

    @Override
    public Optional<String> hostKey(String host) {
      return Optional.empty();
    }

    @Override
    public Optional<Forwarded> forward(SequencedMap<String, String> options) {
      return Optional.empty();
    }

    @Override
    public void warn(Warning warning) {
      warnings.add(warning.text());
    }

    @Override
    public Image resolveImage(LlbEdge source, Platform platform, String logName) {
      logNames.add(logName);
      try {
        var config = Files.readAllBytes(RESOURCES.resolve("golden-base/config.json"));
        return new Image(Digest.parse(BASE), config);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
