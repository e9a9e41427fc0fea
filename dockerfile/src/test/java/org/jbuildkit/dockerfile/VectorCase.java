package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * A case of a vector file: {@code == title}, the Dockerfile's lines, {@code -- option K=V}, {@code
 * -- image JSON}, {@code -- file NAME} with the lines of another file, {@code -- want} with the
 * lines expected. ⇥ stands for a tab, ␠ for a blank at an end, ␍ for a carriage return, and a file
 * that ends in ␄ has no line end there.
 */
record VectorCase(
    String title,
    Map<String, String> files,
    Map<String, String> options,
    String image,
    List<String> wanted) {
  private static final Path FOLDER = Path.of("src/test/resources/vectors");
  private static final String ANY_IMAGE =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
          + "[\"sha256:1\"]},\"config\":{}}";

  static Stream<DynamicTest> tests(String file, ThrowingConsumer<VectorCase> check)
      throws IOException {
    return read(file).stream().map(c -> DynamicTest.dynamicTest(c.title(), () -> check.accept(c)));
  }

  private static List<VectorCase> read(String file) throws IOException {
    var cases = new ArrayList<VectorCase>();
    List<String> current = new ArrayList<>();
    for (var line : Files.readAllLines(FOLDER.resolve(file), UTF_8)) {
      if (line.startsWith("== ")) {
        current = new ArrayList<>();
        var wanted = current;
        cases.add(
            new VectorCase(
                line.substring(3), new LinkedHashMap<>(), new LinkedHashMap<>(), "", wanted));
      }
      current.add(line);
    }
    return cases.stream().map(c -> parse(c.wanted())).toList();
  }

  private static VectorCase parse(List<String> lines) {
    var files = new LinkedHashMap<String, List<String>>();
    var options = new LinkedHashMap<String, String>();
    var image = ANY_IMAGE;
    var into = files.computeIfAbsent("Dockerfile", _ -> new ArrayList<>());
    var wanted = new ArrayList<String>();
    for (var line : lines.subList(1, lines.size())) {
      if (line.startsWith("-- option ")) {
        var pair = line.substring("-- option ".length()).split("=", 2);
        options.put(pair[0], pair[1]);
      } else if (line.startsWith("-- image ")) {
        image = line.substring("-- image ".length());
      } else if (line.startsWith("-- file ")) {
        into = files.computeIfAbsent(line.substring("-- file ".length()), _ -> new ArrayList<>());
      } else if (line.equals("-- want")) {
        into = wanted;
      } else {
        into.add(line.replace('⇥', '\t').replace('␠', ' ').replace('␍', '\r'));
      }
    }
    while (!wanted.isEmpty() && wanted.getLast().isEmpty()) {
      wanted.removeLast();
    }
    var texts = new LinkedHashMap<String, String>();
    files.forEach((name, text) -> texts.put(name, text(text)));
    return new VectorCase(lines.getFirst().substring(3), texts, options, image, wanted);
  }

  private static String text(List<String> lines) {
    var text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    return text.endsWith("␄\n") ? text.substring(0, text.length() - 2) : text;
  }

  String dockerfile() {
    return files.getOrDefault("Dockerfile", "");
  }

  MemoryClient client() {
    var client =
        new MemoryClient(dockerfile(), options) {
          @Override
          String config() {
            return image;
          }
        };
    files.forEach(client::with);
    return client;
  }
}
