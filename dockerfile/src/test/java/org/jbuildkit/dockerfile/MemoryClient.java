package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;

/** Runs the frontend on texts in memory; every image is one for linux/amd64 with a layer. */
class MemoryClient implements FrontendClient {
  final List<Warning> warnings = new ArrayList<>();
  final List<Definition> solved = new ArrayList<>();
  final Map<String, Definition> inputs = new LinkedHashMap<>();
  final Map<String, Optional<Instant>> dates = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, String> given;

  MemoryClient(String text, Map<String, String> given) {
    this.given = new LinkedHashMap<>(given);
    files.put("Dockerfile", text);
  }

  MemoryClient with(String path, String text) {
    files.put(path, text);
    return this;
  }

  /** Asks a question instead of building. */
  void asked(String request) {
    given.put("requestid", request);
  }

  /** The config that images have. */
  String config() {
    return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
        + "[\"sha256:1\"]},\"config\":{}}";
  }

  @Override
  public SequencedMap<String, String> options() {
    return new LinkedHashMap<>(given);
  }

  @Override
  public Map<String, Definition> inputs() {
    return inputs;
  }

  @Override
  public String sessionId() {
    return "s";
  }

  @Override
  public Platform buildPlatform() {
    return Platform.parse("linux/amd64");
  }

  @Override
  public Tree solve(Definition definition) {
    solved.add(definition);
    return path -> Optional.ofNullable(files.get(path)).map(text -> text.getBytes(UTF_8));
  }

  @Override
  public Optional<Instant> date(LlbEdge source, String logName) {
    return dates.getOrDefault(logName, Optional.empty());
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
    warnings.add(warning);
  }

  @Override
  public Image resolveImage(LlbEdge source, Platform platform, String logName) {
    return new Image(Digest.sha256("x"), config().getBytes(UTF_8));
  }
}
