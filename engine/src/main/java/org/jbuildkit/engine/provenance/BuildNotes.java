package org.jbuildkit.engine.provenance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.trace.TraceContext;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;

/** What happened in one build that documents tell of; filled while it runs, from any thread. */
public final class BuildNotes {
  private final String invocationId = RandomId.next();
  private final Map<String, LoadedGraph> graphs = new LinkedHashMap<>();
  private final Map<Digest, String> pins = new HashMap<>();
  private final Map<String, FrontendRequest> requests = new HashMap<>();
  private final List<Material.Image> images = new ArrayList<>();
  private final Map<Digest, Json.Obj> usages = new HashMap<>();
  private Supplier<List<Json>> machine = List::of;
  private Optional<TraceContext> trace = Optional.empty();

  /** The name of this run, in all that is told of it. */
  public String invocationId() {
    return invocationId;
  }

  /** Notes what trace the build is part of. */
  public synchronized void traced(TraceContext place) {
    trace = Optional.of(place);
  }

  /** The span that the build's own spans are part of. */
  public synchronized Optional<TraceContext> trace() {
    return trace;
  }

  /** Notes what a vertex used of the machine. */
  public synchronized void used(Digest vertex, Json.Obj usage) {
    usages.put(vertex, usage);
  }

  /** Notes where samples of the whole machine come from. */
  public synchronized void measured(Supplier<List<Json>> samples) {
    machine = samples;
  }

  /** What was measured so far. */
  public synchronized MeasuredUsage usage() {
    return new MeasuredUsage(machine.get(), usages);
  }

  /** Notes a definition that the build makes a tree of. */
  public synchronized void loaded(Definition definition, LoadedGraph graph) {
    graphs.put(head(definition), graph);
  }

  /** Notes what a source turned out to stand for. */
  public synchronized void pinned(String vertex, String pin) {
    Digest.tryParse(vertex).ifPresent(digest -> pins.put(digest, pin));
  }

  /** Notes an image that was looked up. */
  public synchronized void resolved(Op source, Digest digest) {
    images.add(GraphCapture.image(source, digest));
  }

  /** Notes that a frontend made this definition. */
  public synchronized void made(FrontendRequest request, Definition definition) {
    requests.putIfAbsent(head(definition), request);
  }

  /** What the frontend that made a definition was asked for. */
  public synchronized Optional<FrontendRequest> request(Definition definition) {
    return Optional.ofNullable(requests.get(head(definition)));
  }

  private static String head(Definition definition) {
    int count = definition.getDefCount();
    return count == 0 ? "" : Digest.sha256(definition.getDef(count - 1).toByteArray()).toString();
  }

  /**
   * What a result's tree is made from: what its own steps read, and what was read on the way to it.
   *
   * @param definition the tree's
   * @param results all definitions of the result
   * @param platform the tree's, if the result has one for each platform
   * @param platforms all of the result's
   */
  public synchronized Capture capture(
      Definition definition,
      Collection<Definition> results,
      Optional<Platform> platform,
      List<Platform> platforms) {
    var capture = new Capture();
    var own = graphs.get(head(definition));
    if (own != null) {
      capture.add(GraphCapture.of(own, pins));
    }
    var others = new HashSet<>(graphs.keySet());
    results.forEach(result -> others.remove(head(result)));
    for (var entry : graphs.entrySet()) {
      if (others.contains(entry.getKey())) {
        capture.add(GraphCapture.of(entry.getValue(), pins));
      }
    }
    imagesFor(platform, platforms).forEach(capture::add);
    return capture;
  }

  /** Of images that were looked up for each platform, those of one platform. */
  private List<Material.Image> imagesFor(Optional<Platform> platform, List<Platform> platforms) {
    if (platform.isEmpty() || platforms.isEmpty()) {
      return List.copyOf(images);
    }
    return images.stream()
        .filter(image -> !isForEach(image, platforms) || isFor(image, platform.get()))
        .toList();
  }

  private boolean isForEach(Material.Image image, List<Platform> platforms) {
    return platforms.stream()
        .allMatch(platform ->
            images.stream()
                .anyMatch(other ->
                    other.reference().equals(image.reference()) && isFor(other, platform)));
  }

  private static boolean isFor(Material.Image image, Platform platform) {
    return image
        .platform()
        .filter(known ->
            known.os().equals(platform.os())
                && known.architecture().equals(platform.architecture()))
        .isPresent();
  }
}
