package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.jbuildkit.llb.DefinitionReader;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.protocol.pb.Definition;
import org.junit.jupiter.api.Test;

/** Trees of other builds as named contexts. */
class InputsTest {
  private static Definition made(String text) throws InterruptedException {
    var client = new MemoryClient(text, Map.of());
    var _ = DockerfileFrontend.solve(client);
    return client.solved.getLast();
  }

  @Test
  void aStageStartsFromATreeOfAnotherBuild() throws InterruptedException {
    var config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[\"X=y\"]}}";
    var metadata =
        Json.object()
            .put(
                "containerimage.config", Base64.getEncoder().encodeToString(config.getBytes(UTF_8)))
            .build()
            .write();
    var client =
        new MemoryClient(
            "FROM other\nRUN x\n",
            Map.of("context:other", "input:other", "input-metadata:other", metadata));
    client.inputs.put("other", made("FROM scratch\nWORKDIR /a\n"));
    var llb = LlbOf.client(client);
    assertThat(llb.names()).containsExactly("[1/1] WORKDIR /a", "[1/2] RUN x");
    assertThat(llb.vertices().getFirst().digest().toString())
        .isEqualTo("sha256:62ed96b7444709d5dd327d9bbc19e609c49c41a4a3088380650b18dddb3e4e9a");
    assertThat(llb.exec().getMeta().getEnvList()).contains("X=y");
  }

  @Test
  void readingIsTheReverseOfMarshalling() throws InterruptedException {
    var definition =
        made("FROM busybox AS a\nRUN one\nFROM a\nCOPY --from=a /x /y\nCOPY --link c /\n");
    assertThat(Definitions.marshal(DefinitionReader.result(definition))).isEqualTo(definition);
    assertThat(DefinitionReader.result(Definition.getDefaultInstance())).isEmpty();
  }
}
