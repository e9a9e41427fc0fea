package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.Test;

/** CVE-2026-53488: what an image says of itself became a command. */
class HostileImageTest {
  private static final String MARK = "planted";
  private static final List<String> HOSTILE =
      List.of(
          "$(touch /" + MARK + ")",
          "`" + MARK + "`; " + MARK + " && " + MARK,
          "--" + MARK + "=/etc",
          "binary:///bin/sh?-c=" + MARK,
          MARK + "\nRUN " + MARK + "\nUSER 0\n",
          "${" + MARK + "}",
          MARK + "\0",
          "../../" + MARK);

  /** An image of which everything is hostile that describes how it is to be run and seen. */
  private static Json.Obj config() {
    var labels = Json.object();
    var ports = Json.object();
    var volumes = Json.object();
    for (var text : HOSTILE) {
      labels.put(text, text);
      labels.put("io.containerd." + text, text);
      ports.put(text, Json.object().build());
      volumes.put(text, Json.object().build());
    }
    labels.put("moby.buildkit.frontend.inputs", "true");
    return Json.object()
        .put("User", "")
        .put("ExposedPorts", ports.build())
        .put("Entrypoint", Json.ofTexts(HOSTILE))
        .put("Cmd", Json.ofTexts(HOSTILE))
        .put("Volumes", volumes.build())
        .put("Labels", labels.build())
        .put("StopSignal", HOSTILE.getFirst())
        .build();
  }

  private static final class HostileImage extends MemoryClient {
    HostileImage(String text) {
      super(text, Map.of());
    }

    @Override
    String config() {
      return Json.object()
          .put("author", HOSTILE.getLast())
          .put("architecture", "amd64")
          .put("os", "linux")
          .put(
              "rootfs",
              Json.object()
                  .put("type", "layers")
                  .put("diff_ids", Json.ofTexts(List.of("sha256:1")))
                  .build())
          .put("config", HostileImageTest.config())
          .build()
          .write();
    }
  }

  @Test
  void whatAnImageSaysOfItselfIsInNoOp() throws Exception {
    var llb = LlbOf.client(new HostileImage("FROM busybox\nRUN x\nWORKDIR /w\nCOPY . /c\n"));
    assertThat(llb.exec().getMeta().getArgsList()).containsExactly("/bin/sh", "-c", "x");
    assertThat(llb.exec().getMeta().getEnvList()).containsExactly(ImageSpec.DEFAULT_PATH);
    for (var vertex : llb.vertices()) {
      var all = TextFormat.printer().printToString(vertex.op()) + vertex.metadata();
      assertThat(all).doesNotContain(MARK);
    }
  }

  @Test
  void theImageMadeOfItSaysTheSame() throws Exception {
    var result = DockerfileFrontend.solve(new HostileImage("FROM busybox\nRUN x\n"));
    var made =
        Json.parseObject(result.metadata().getOrDefault("containerimage.config", new byte[0]));
    for (var field : List.of("Labels", "ExposedPorts", "Volumes")) {
      assertThat(made.object("config").object(field).members())
          .isEqualTo(config().object(field).members());
    }
    for (var field : List.of("Entrypoint", "Cmd")) {
      assertThat(made.object("config").texts(field)).isEqualTo(HOSTILE);
    }
    assertThat(made.object("config").text("StopSignal")).isEqualTo(HOSTILE.getFirst());
    assertThat(made.text("author")).isEqualTo(HOSTILE.getLast());
  }

  /** The image's variables are the step's, by design: one each, whatever stands in them. */
  @Test
  void aVariableIsOneVariable() throws Exception {
    var client =
        new MemoryClient("FROM busybox\nRUN x $A\n", Map.of()) {
          @Override
          String config() {
            return super.config()
                .replace("{}}", "{\"Env\":[\"A=1\\nB=2\",\"LONE\",\"--C=$(x)\"]}}");
          }
        };
    var meta = LlbOf.client(client).exec().getMeta();
    assertThat(meta.getArgsList()).containsExactly("/bin/sh", "-c", "x $A");
    assertThat(meta.getEnvList()).contains("A=1\nB=2", "--C=$(x)").doesNotContain("B=2");
  }
}
