package org.jbuildkit.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bare file, merge and diff operations, solved by our daemon and by Docker's engine: trees are the
 * same entry by entry, errors word by word, and layers byte by byte.
 */
@Timeout(300)
class OperationsTest {
  private static final Path CASES = Path.of("op-cases").toAbsolutePath();
  private static final int RANDOM_CASES = 70;

  @TempDir private static Path shared;
  private static final List<AutoCloseable> STARTED = new ArrayList<>();
  private static EnginePair engines;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "engines mount: needs root");
    assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
    var docker = DockerEngine.start(shared.resolve("docker"));
    STARTED.addFirst(docker);
    var programs = Programs.start(shared);
    STARTED.addFirst(programs);
    var builder = DockerBuilder.dial(docker, shared);
    STARTED.addFirst(builder);
    var daemon = DaemonConnection.open("unix://" + shared.resolve("bk.sock"), TlsFiles.NONE);
    STARTED.addFirst(daemon);
    var fixture = fixture();
    engines =
        new EnginePair(
            new RawEngine(daemon.channel(), fixture),
            new RawEngine(builder.channel(), fixture),
            shared);
  }

  private static Path fixture() throws IOException, InterruptedException {
    var folder = shared.resolve("fixture");
    run("sh", CASES.resolve("fixture.sh").toString(), folder.toString());
    try (var dir = Dir.open(folder.resolve("S"))) {
      dir.xattrs(ByteName.ofText("ex")).set("user.test", "v1".getBytes(UTF_8));
      dir.xattrs(ByteName.ofText("d")).set("user.dirattr", "v2".getBytes(UTF_8));
    }
    run("sh", "-c", "find " + folder + " -exec touch -h -d @1111111111 {} +");
    return folder.toRealPath();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @AfterAll
  static void stop() throws Exception {
    for (var started : STARTED) {
      started.close();
    }
    STARTED.clear();
  }

  /** Lines of the form {@code NAME | TEXT}. */
  private static SequencedMap<String, String> read(String file) throws IOException {
    var entries = new LinkedHashMap<String, String>();
    for (var line : Files.readAllLines(CASES.resolve(file))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        var parts = line.split("\\|", 2);
        entries.put(parts[0].strip(), parts[1].strip());
      }
    }
    return entries;
  }

  private static void assertSame(Map<String, EnginePair.Difference> differences)
      throws IOException {
    differences.keySet().removeAll(read("known.txt").keySet());
    assertThat(differences).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"files.txt", "stacks.txt"})
  void casesGiveTheSameTreesAndErrors(String file) throws Exception {
    assertSame(engines.trees(read(file)));
  }

  @Test
  void stackedTreesGiveTheSameLayers() throws Exception {
    assertSame(engines.layers(read("stacks.txt")));
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 4, 6})
  void casesMadeByChanceGiveTheSameTrees(long seed) throws Exception {
    var random = new RandomOps(seed);
    var scripts = new LinkedHashMap<String, String>();
    for (int i = 0; i < RANDOM_CASES; i++) {
      scripts.put("r" + seed + "-" + i, random.next());
    }
    var differences = engines.trees(scripts);
    // Of two branches that fail either one may be first.
    differences
        .values()
        .removeIf(two -> two.ours().startsWith("error") && two.theirs().startsWith("error"));
    assertSame(differences);
  }
}
