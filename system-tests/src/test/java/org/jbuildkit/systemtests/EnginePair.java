package org.jbuildkit.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.control.Exporter;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.SourceOp;

/** Solves the same scripts with two engines. */
record EnginePair(RawEngine ours, RawEngine theirs, Path folder) {

  /** How the engines differ in one case. */
  record Difference(String script, String ours, String theirs) {}

  /** The trees that scripts begin with: {@code S} and {@code U} of the fixture, and busybox. */
  static Map<String, LlbEdge> trees() {
    var trees = new LinkedHashMap<String, LlbEdge>();
    for (var name : List.of("S", "U", "B", "A")) {
      var op =
          SourceOp.newBuilder()
              .setIdentifier("local://fixture")
              .putAttrs("local.includepattern", "[\"" + name + "/**\"]")
              .putAttrs("local.sharedkeyhint", "fixture-" + name);
      var vertex =
          LlbVertex.of(
              Op.newBuilder().setSource(op).build(),
              List.of(),
              OpMetadata.newBuilder().putCaps("source.local", true).build(),
              List.of());
      var all = vertex.output(0);
      trees.put(
          name,
          new OpScript(Map.of("F", all)).read("copy F:/" + name + " / +contents").orElseThrow());
    }
    return trees;
  }

  private static SequencedMap<String, Optional<LlbEdge>> graphs(
      SequencedMap<String, String> scripts) {
    var trees = trees();
    var graphs = new LinkedHashMap<String, Optional<LlbEdge>>();
    scripts.forEach((name, script) -> graphs.put(name, new OpScript(trees).read(script)));
    return graphs;
  }

  private static Exporter exporter(String type, Map<String, String> attributes) {
    return Exporter.newBuilder().setType(type).putAllAttrs(attributes).build();
  }

  private interface Solved {
    Map<String, String> by(RawEngine engine, Path archive) throws Exception;
  }

  private Map<String, Difference> compare(SequencedMap<String, String> scripts, Solved solved)
      throws IOException, InterruptedException {
    try (var scope = TaskScope.open()) {
      var first = scope.fork(() -> solved.by(ours, Files.createTempFile(folder, "ours", ".tar")));
      var second =
          scope.fork(() -> solved.by(theirs, Files.createTempFile(folder, "theirs", ".tar")));
      scope.join();
      var differences = new TreeMap<String, Difference>();
      scripts.forEach((name, script) -> {
        var mine = first.get().getOrDefault(name, "nothing");
        var other = second.get().getOrDefault(name, "nothing");
        if (!mine.equals(other)) {
          differences.put(name, new Difference(script, mine, other));
        }
      });
      return differences;
    }
  }

  /** Where trees and errors are not the same. */
  Map<String, Difference> trees(SequencedMap<String, String> scripts)
      throws IOException, InterruptedException {
    var graphs = new LinkedHashMap<String, Optional<LlbEdge>>();
    // Each is copied by itself first: an error that only using it shows is this one's error then.
    graphs(scripts).forEach((name, graph) -> graphs.put(name, Optional.of(directory(name, graph))));
    return compare(
        scripts,
        (engine, archive) -> {
          var answers =
              engine.solve(
                  graphs,
                  exporter("tar", Map.of()),
                  archive,
                  gateway -> {
                    var good = new LinkedHashMap<>(graphs);
                    good.keySet().retainAll(gateway.answers().refs().keySet());
                    return gateway.single(bundle(good));
                  });
          var texts = new TreeMap<>(TreeTexts.read(archive));
          answers.errors().forEach((name, error) -> texts.put(name, "error: " + plain(error)));
          return texts;
        });
  }

  /** Ids and paths of the engine's own are not the same in two engines. */
  private static String plain(String error) {
    return error
        .replaceAll("/[^ :]*/snapshots/[0-9]+/fs", "")
        .replaceAll("/[^ :]*/buildkit-mount[0-9]+", "")
        .replaceAll("/[^ :]*/cachemounts/buildkit[0-9]+", "")
        .replaceAll("checksum of ref [^ ]+ ", "checksum of ref ID: ");
  }

  private static LlbEdge directory(String name, Optional<LlbEdge> graph) {
    var named = graph.map(edge -> Map.of("T", edge)).orElse(Map.of());
    var from = graph.isPresent() ? "T" : "scratch";
    return new OpScript(named).read("copy %s:/ /%s".formatted(from, name)).orElseThrow();
  }

  /** All trees as one. */
  private static LlbEdge bundle(SequencedMap<String, Optional<LlbEdge>> graphs) {
    var named = new LinkedHashMap<String, LlbEdge>();
    var script = new ArrayList<String>();
    graphs.forEach((name, graph) -> {
      named.put("T" + name, graph.orElseThrow());
      script.add("copy T%s:/ / +contents".formatted(name));
    });
    script.add("mkdir /all 755");
    return new OpScript(named).read(String.join(";", script)).orElseThrow();
  }

  /** Where the layers of images made of the trees are not the same. */
  Map<String, Difference> layers(SequencedMap<String, String> scripts)
      throws IOException, InterruptedException {
    var graphs = graphs(scripts);
    var attributes =
        Map.of(
            "compression",
            "uncompressed",
            "force-compression",
            "true",
            "rewrite-timestamp",
            "true",
            "source-date-epoch",
            "1700000000");
    return compare(
        scripts,
        (engine, archive) -> {
          var answers =
              engine.solve(
                  graphs, exporter("oci", attributes), archive, gateway -> images(gateway));
          var layers = layers(archive, List.copyOf(answers.refs().keySet()));
          answers.errors().forEach((name, error) -> layers.put(name, "error: " + plain(error)));
          return layers;
        });
  }

  private static Result images(RawEngine.Gateway gateway) {
    return gateway.images();
  }

  private Map<String, String> layers(Path archive, List<String> names)
      throws IOException, InterruptedException {
    var layout = Files.createTempDirectory(folder, "layout");
    var tar = new ProcessBuilder("tar", "-xf", archive.toString(), "-C", layout.toString());
    var _ = tar.inheritIO().start().waitFor(60, TimeUnit.SECONDS);
    var index = Json.parseObject(Files.readAllBytes(layout.resolve("index.json")));
    var top = blob(layout, (Json.Obj) index.array("manifests").getFirst());
    var texts = new TreeMap<String, String>();
    for (var image : top.array("manifests")) {
      var architecture = ((Json.Obj) image).object("platform").text("architecture");
      var manifest = blob(layout, (Json.Obj) image);
      var text = new StringBuilder();
      for (var layer : manifest.array("layers")) {
        text.append(layer.write()).append('\n').append(content(layout, (Json.Obj) layer));
      }
      texts.put(names.get(Integer.parseInt(architecture.substring(1))), text.toString());
    }
    return texts;
  }

  /** The entries of a layer, in the archive's order. */
  private static String content(Path layout, Json.Obj layer) throws IOException {
    return TreeTexts.entries(path(layout, layer));
  }

  private static Path path(Path layout, Json.Obj descriptor) {
    var digest = Digest.parse(descriptor.text("digest"));
    return layout.resolve("blobs/sha256").resolve(digest.hex());
  }

  private static Json.Obj blob(Path layout, Json.Obj descriptor) throws IOException {
    return Json.parseObject(Files.readAllBytes(path(layout, descriptor)));
  }
}
