package org.jbuildkit.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.dockerfile.FrontendClient;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;

/** Has one file under every name, and one image with a trigger. */
record FileClient(byte[] file, Map<String, String> given) implements FrontendClient {
  private static final byte[] CONFIG =
      """
      {"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:1"]},
      "config":{"Env":["A=b"],"OnBuild":["RUN x"]}}\
      """
          .getBytes(UTF_8);

  @Override
  public SequencedMap<String, String> options() {
    return new LinkedHashMap<>(given);
  }

  @Override
  public Map<String, Definition> inputs() {
    return Map.of();
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
    return _ -> Optional.of(file);
  }

  @Override
  public Image resolveImage(LlbEdge source, Platform platform, String logName) {
    return new Image(Digest.sha256(logName.getBytes(UTF_8)), CONFIG);
  }

  @Override
  public Optional<Instant> date(LlbEdge source, String logName) {
    return Optional.of(Instant.EPOCH);
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
  public void warn(Warning warning) {}
}
