package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.pb.Definition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What is told of a build that is only explained. */
class ExplanationTest {
  private static FrontendResult ask(MemoryClient client) throws InterruptedException {
    client.asked("frontend.explain");
    return DockerfileFrontend.solve(client);
  }

  private static String answer(String file, String form) throws InterruptedException {
    return form(ask(new MemoryClient(file, new LinkedHashMap<>())), form);
  }

  private static String form(FrontendResult result, String form) {
    return new String(result.metadata().getOrDefault(form, new byte[0]), UTF_8);
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines);
  }

  @TestFactory
  Stream<DynamicTest> stepsAreExplainedInText() throws IOException {
    return VectorCase.tests(
        "explain.txt",
        c ->
            assertThat(form(ask(c.client()), "result.txt").stripTrailing())
                .isEqualTo(text(c.wanted())));
  }

  @TestFactory
  Stream<DynamicTest> stepsAreExplainedInJson() throws IOException {
    return VectorCase.tests(
        "explain-json.txt",
        c ->
            assertThat(form(ask(c.client()), "result.json").stripTrailing())
                .isEqualTo(text(c.wanted())));
  }

  private static final String TWO_STAGES =
      """
      FROM alpine AS build
      ARG V=1
      COPY . .
      RUN --mount=type=cache,target=/c make
      FROM alpine AS test
      RUN test
      FROM scratch
      COPY --link --from=build /out /
      """;

  @Test
  void explanationsOfEqualBuildsAreEqual() throws InterruptedException {
    for (var form : List.of("result.txt", "result.json", "result.svg")) {
      var other =
          new MemoryClient(TWO_STAGES, new LinkedHashMap<>()) {
            @Override
            public String sessionId() {
              return "another";
            }
          };
      assertThat(form(ask(other), form)).isNotEmpty().isEqualTo(answer(TWO_STAGES, form));
    }
  }

  @Test
  void nothingIsBuiltAndTheGraphIsTheOneThatABuildHas() throws InterruptedException {
    var file = "FROM alpine\nARG V=1\nWORKDIR /w\nRUN make $V\n";
    var client = new MemoryClient(file, new LinkedHashMap<>());
    var result = ask(client);
    assertThat(result.trees()).isEmpty();
    var reads = client.solved.size();
    var building = new MemoryClient(file, new LinkedHashMap<>());
    var _ = DockerfileFrontend.solve(building);
    assertThat(building.solved).hasSize(reads + 1);
    var digests = digests(building.solved.getLast());
    var vertices =
        Json.parseObject(form(result, "result.json").getBytes(UTF_8)).array("graphs").stream()
            .flatMap(graph -> ((Json.Obj) graph).array("stages").stream())
            .flatMap(stage -> ((Json.Obj) stage).array("steps").stream())
            .flatMap(step -> ((Json.Obj) step).array("vertices").stream())
            .map(vertex -> ((Json.Obj) vertex).text("digest"))
            .toList();
    assertThat(vertices).hasSize(2).isSubsetOf(digests);
  }

  private static List<String> digests(Definition definition) {
    var digests = new ArrayList<>(definition.getMetadataMap().keySet());
    digests.sort(String::compareTo);
    return digests;
  }

  @Test
  void textsOfAFileCannotSteerATerminal() throws InterruptedException {
    var file = "FROM alpine AS a\nENV A=\"\u001b[31m\u0007\" B=\"\u202e\u2028\u009b\"\nRUN make\n";
    assertThat(answer(file, "result.txt"))
        .contains("A=\\u{1b}[31m\\u{7}", "B=\\u{202e}\\u{2028}\\u{9b}")
        .doesNotContain("\u001b", "\u0007", "\u202e", "\u2028", "\u009b");
  }

  private static final String HOSTILE =
      """
      FROM alpine AS a
      ENV A="</title><script>alert(1)</script>" B='"><image href=http://e/>' C="\u0001\ud800&#x0;"
      RUN echo "]]></text></svg><script>" && make
      COPY ["<svg onload=1>", "/d&/"]
      FROM a AS skipped
      FROM a
      """;

  private static Document parsed(String svg) throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(UTF_8)));
  }

  private static Stream<Element> elements(Document document) {
    var all = document.getElementsByTagName("*");
    return Stream.iterate(0, i -> i < all.getLength(), i -> i + 1).map(i -> (Element) all.item(i));
  }

  @Test
  void textsOfAFileAreOnlyTextInAPicture() throws Exception {
    var options = Map.of("build-arg:\"><x=", "</style>", "target", "");
    var svg = form(ask(new MemoryClient(HOSTILE, options)), "result.svg");
    var document = parsed(svg);
    assertThat(elements(document).map(Element::getTagName).distinct())
        .containsExactlyInAnyOrder("svg", "title", "style", "rect", "g", "text", "path");
    assertThat(elements(document))
        .allSatisfy(element -> {
          var attributes = element.getAttributes();
          for (int i = 0; i < attributes.getLength(); i++) {
            assertThat(attributes.item(i).getNodeName())
                .matches("xmlns|role|width|height|viewBox|class|d|x|y|rx");
          }
        });
    assertThat(document.getDocumentElement().getTextContent())
        .contains("<svg onload=1>", "not built: ", "</title><script>alert(1)</script>");
  }

  @Test
  void picturesOfManyStagesStandApart() throws Exception {
    var file = new StringBuilder("FROM scratch AS s0\nCOPY a0 /\n");
    for (int i = 1; i < 40; i++) {
      file.append("FROM scratch AS s%d\nCOPY --from=s%d / /\nCOPY a%d /\n".formatted(i, i / 2, i));
    }
    file.append("FROM scratch\n");
    for (int i = 0; i < 40; i++) {
      file.append("COPY --from=s%d / /\n".formatted(i));
    }
    var boxes =
        elements(parsed(answer(file.toString(), "result.svg")))
            .filter(e -> e.getAttribute("class").matches("stage.*|source"))
            .toList();
    assertThat(boxes).hasSize(42);
    for (int i = 0; i < boxes.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(overlap(boxes.get(i), boxes.get(j))).isFalse();
      }
    }
  }

  private static boolean overlap(Element one, Element other) {
    return start(one, "x") < end(other, "x", "width")
        && start(other, "x") < end(one, "x", "width")
        && start(one, "y") < end(other, "y", "height")
        && start(other, "y") < end(one, "y", "height");
  }

  private static int start(Element box, String axis) {
    return Integer.parseInt(box.getAttribute(axis));
  }

  private static int end(Element box, String axis, String length) {
    return start(box, axis) + start(box, length);
  }

  @Test
  void moreVariablesThanCanBeToldAreRefused() {
    var file = new StringBuilder("FROM alpine\n");
    for (int i = 0; i < 700; i++) {
      file.append("ENV V%d=%d\nRUN %d\n".formatted(i, i, i));
    }
    assertThatThrownBy(() -> answer(file.toString(), "result.txt"))
        .hasMessage("there are too many variables to be explained");
  }

  @Test
  void moreThanAMessageHoldsIsRefused() {
    var file = "FROM alpine\n" + "RUN make\n".repeat(5000);
    assertThatThrownBy(() -> answer(file, "result.txt"))
        .hasMessageMatching("the explanation has \\d+ bytes, which is more than .* can be sent");
  }

  @Test
  void mistakesInTheFileAreThoseOfABuild() {
    assertThatThrownBy(() -> answer("FROM scratch\nCOPY --from=5 / /\n", "result.txt"))
        .hasMessage("invalid stage index 5");
  }
}
