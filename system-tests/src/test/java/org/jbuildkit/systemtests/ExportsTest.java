package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results in every form in which clients take them. */
class ExportsTest {
  private static final String BOTH = "platform=linux/amd64,linux/arm64";

  @TempDir Path folder;
  private Programs programs;
  private Path context;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    programs = Programs.start(Files.createDirectories(folder.resolve("daemon")));
    context = Files.createDirectories(folder.resolve("context"));
    Files.createDirectories(context.resolve("d"));
    Files.writeString(context.resolve("d/f"), "content\n");
    Files.writeString(context.resolve("l"), "same for all\n");
    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM scratch\nARG TARGETARCH\nCOPY d /$TARGETARCH\nCOPY l /\n");
  }

  @AfterEach
  void close() throws Exception {
    if (programs != null) {
      programs.close();
    }
  }

  private void build(String... more) throws Exception {
    var ended = programs.build(context, more);
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private static List<String> tree(Path root) throws IOException {
    var paths = new TreeSet<String>();
    try (var files = Files.walk(root)) {
      files
          .filter(file -> !file.equals(root))
          .forEach(file -> paths.add(root.relativize(file).toString()));
    }
    return List.copyOf(paths);
  }

  @Test
  void aTarHasADirectoryForEachPlatform() throws Exception {
    var archive = folder.resolve("out.tar");
    build("--opt", BOTH, "--output", "type=tar,dest=" + archive);
    var unpacked = Files.createDirectories(folder.resolve("unpacked"));
    var tar =
        new ProcessBuilder("tar", "xf", archive.toString(), "-C", unpacked.toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    assertThat(tree(unpacked))
        .containsExactly(
            "linux_amd64",
            "linux_amd64/amd64",
            "linux_amd64/amd64/f",
            "linux_amd64/l",
            "linux_arm64",
            "linux_arm64/arm64",
            "linux_arm64/arm64/f",
            "linux_arm64/l");
  }

  @Test
  void aDirectoryHasOneForEachPlatformAndKeepsWhatWasThere() throws Exception {
    var out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("mine"), "");
    build("--opt", BOTH, "--output", "type=local,dest=" + out);
    assertThat(tree(out)).contains("mine", "linux_amd64/amd64/f", "linux_arm64/arm64/f");
  }

  @Test
  void aDirectoryIsMadeEqualWhereThatIsAsked() throws Exception {
    var out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("stale"), "");
    build("--opt", BOTH, "--output", "type=local,mode=delete,dest=" + out);
    assertThat(tree(out))
        .contains("linux_amd64/amd64/f", "linux_arm64/arm64/f")
        .doesNotContain("stale");
  }

  @Test
  void platformsThatShareFilesDoNotShareADirectory() throws Exception {
    var ended =
        programs.build(
            context,
            "--opt",
            BOTH,
            "--output",
            "type=local,platform-split=false,dest=" + folder.resolve("out"));
    assertThat(ended.output())
        .contains(
            "cannot overwrite l from linux/amd64 with linux/arm64 when split option is disabled");
  }

  @Test
  void aLayoutIsWrittenBlobByBlob() throws Exception {
    var out = folder.resolve("out");
    build("--output", "type=oci,tar=false,name=example.com/a:b,dest=" + out);
    var index = Json.parseObject(Files.readAllBytes(out.resolve("index.json")));
    var root = (Json.Obj) index.array("manifests").getFirst();
    assertThat(root.object("annotations").text("io.containerd.image.name"))
        .isEqualTo("example.com/a:b");
    var hex = root.text("digest").substring(7);
    var manifest = Json.parseObject(Files.readAllBytes(out.resolve("blobs/sha256/" + hex)));
    assertThat(manifest.array("layers")).hasSize(2);
    for (var layer : manifest.array("layers")) {
      var digest = ((Json.Obj) layer).text("digest").substring(7);
      assertThat(out.resolve("blobs/sha256/" + digest)).exists();
    }
  }

  @Test
  void severalExportsOfOneBuildAllHappen() throws Exception {
    build(
        "--output",
        "type=tar,dest=" + folder.resolve("a.tar"),
        "--output",
        "type=oci,dest=" + folder.resolve("b.tar"),
        "--output",
        "type=local,dest=" + folder.resolve("c"));
    assertThat(folder.resolve("a.tar")).isNotEmptyFile();
    assertThat(folder.resolve("b.tar")).isNotEmptyFile();
    assertThat(folder.resolve("c/amd64/f")).hasContent("content\n");
  }
}
