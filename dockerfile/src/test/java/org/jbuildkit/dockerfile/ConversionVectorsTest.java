package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.pb.Op;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What files become. Each wanted line names a fact: {@code name TEXT} for a vertex, {@code names
 * TEXT} for all in order, {@code op JSON} for members that some vertex must have, {@code no-op
 * JSON} for those that none may have, {@code history TEXT} for all entries in order, {@code config
 * JSON} for members of the image's document, {@code meta KEY=VALUE} for the result's metadata.
 */
class ConversionVectorsTest {
  @TestFactory
  Stream<DynamicTest> instructionsBecomeWhatUpstreamMakesOfThem() throws IOException {
    return VectorCase.tests("conversion.txt", ConversionVectorsTest::check);
  }

  @TestFactory
  Stream<DynamicTest> otherKindsOfFilesBecomeWhatUpstreamMakesOfThem() throws IOException {
    return VectorCase.tests("conversion-more.txt", ConversionVectorsTest::check);
  }

  private static List<String> facts(VectorCase c, String kind) {
    return c.wanted().stream()
        .filter(line -> line.startsWith(kind + " "))
        .map(line -> line.substring(kind.length() + 1))
        .toList();
  }

  private static void check(VectorCase c) throws InterruptedException {
    var client = c.client();
    var llb = LlbOf.client(client);
    var result = DockerfileFrontend.solve(c.client());
    var config = Json.parseObject(config(result));
    assertThat(llb.names()).containsAll(facts(c, "name"));
    if (!facts(c, "names").isEmpty()) {
      assertThat(llb.names()).isEqualTo(facts(c, "names"));
    }
    var ops = llb.ops().stream().<Json>map(ConversionVectorsTest::json).toList();
    for (var wanted : facts(c, "op")) {
      assertThat(ops).as("op %s", wanted).anyMatch(op -> holds(op, Json.parse(wanted)));
    }
    for (var unwanted : facts(c, "no-op")) {
      assertThat(ops).noneMatch(op -> holds(op, Json.parse(unwanted)));
    }
    if (!facts(c, "history").isEmpty()) {
      assertThat(history(config)).isEqualTo(facts(c, "history"));
    }
    for (var wanted : facts(c, "config")) {
      assertThat(holds(config, Json.parse(wanted))).as("%s in %s", wanted, config.write()).isTrue();
    }
    for (var wanted : facts(c, "meta")) {
      var pair = wanted.split("=", 2);
      assertThat(new String(result.metadata().getOrDefault(pair[0], new byte[0]), UTF_8))
          .isEqualTo(pair[1]);
    }
  }

  private static byte[] config(FrontendResult result) {
    return result.metadata().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("containerimage.config"))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static Json json(Op op) {
    return MessageJson.mapped(op);
  }

  private static List<String> history(Json.Obj config) {
    var texts = new ArrayList<String>();
    for (var entry : config.array("history")) {
      texts.add(((Json.Obj) entry).text("created_by"));
    }
    return texts;
  }

  /** Whether objects have at least the wanted members, and lists just the wanted elements. */
  private static boolean holds(Json actual, Json wanted) {
    if (wanted instanceof Json.Obj want) {
      return actual instanceof Json.Obj has
          && want.members().entrySet().stream()
              .allMatch(e ->
                  e.getValue() instanceof Json.Null
                      ? !has.members().containsKey(e.getKey())
                      : has.members().containsKey(e.getKey())
                          && holds(has.members().get(e.getKey()), e.getValue()));
    }
    if (wanted instanceof Json.Arr want) {
      if (!(actual instanceof Json.Arr has) || has.elements().size() != want.elements().size()) {
        return false;
      }
      for (int i = 0; i < has.elements().size(); i++) {
        if (!holds(has.elements().get(i), want.elements().get(i))) {
          return false;
        }
      }
      return true;
    }
    return actual.write().equals(wanted.write());
  }
}
