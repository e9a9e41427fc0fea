package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.StoredKeys;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.solver.CacheKey;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.RandomId;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builds whose results BuildKit v0.32.2 made too: our programs must make the same bytes and keys.
 */
class GoldenCasesTest {
  private static final Path CASES = Path.of("golden").toAbsolutePath();
  private static final FileTime TIME =
      FileTime.from(Instant.parse("2026-01-01T00:00:00.123456789Z"));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scratch-copy",
        "copy-forms",
        "args-env",
        "config-all",
        "add-archives",
        "link-merge",
        "multi-platform"
      })
  void imageAndCacheKeysAreThoseOfBuildKit(String name) throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    var context = copyContext(CASES.resolve(name).resolve("ctx"), folder.resolve("ctx"));
    var archive = folder.resolve("out.tar");
    try (var programs = Programs.start(folder)) {
      var ended =
          programs.buildctl(
              Map.of("SOURCE_DATE_EPOCH", "1700000000"), arguments(name, context, archive));
      assertThat(ended.status()).as(ended.output()).isZero();
    }
    var layout = unpack(archive);
    assertThat(layout.resolve("index.json"))
        .hasSameTextualContentAs(CASES.resolve(name).resolve("index.json"));
    for (var document : documents(name)) {
      var hex = document.getFileName().toString().replaceAll("^sha256-|\\.json$", "");
      assertThat(layout.resolve("blobs/sha256").resolve(hex)).hasSameTextualContentAs(document);
    }
    assertKeysKnown(CASES.resolve(name).resolve("cache-config.json"));
  }

  private static List<String> arguments(String name, Path context, Path archive)
      throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                "build",
                "--progress=plain",
                "--frontend",
                "dockerfile.v0",
                "--local",
                "context=" + context,
                "--local",
                "dockerfile=" + context,
                "--output",
                "type=oci,dest=" + archive + ",compression=uncompressed,rewrite-timestamp=true"));
    var options = Files.readString(CASES.resolve(name).resolve("opts")).trim();
    arguments.addAll(List.of(options.split("\\s+", -1)));
    return arguments;
  }

  /** Modes and times as they were: a checkout keeps links and executable bits only. */
  private static Path copyContext(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        var target = to.resolve(from.relativize(file).toString());
        if (Files.isSymbolicLink(file)) {
          Files.createSymbolicLink(target, Files.readSymbolicLink(file));
        } else if (Files.isDirectory(file)) {
          Files.createDirectories(target);
          permissions(target, "rwxr-xr-x");
        } else {
          Files.copy(file, target);
          permissions(target, Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--");
          Files.setLastModifiedTime(target, TIME);
        }
      }
    }
    return to;
  }

  private static void permissions(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private Path unpack(Path archive) throws IOException, InterruptedException {
    var layout = Files.createDirectories(folder.resolve("layout"));
    var tar =
        new ProcessBuilder("tar", "xf", archive.toString(), "-C", layout.toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    return layout;
  }

  private static List<Path> documents(String name) throws IOException {
    try (var files = Files.list(CASES.resolve(name).resolve("json"))) {
      return files.sorted().toList();
    }
  }

  private void assertKeysKnown(Path exported) throws IOException {
    if (!Files.exists(exported, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    var records = Json.parseObject(Files.readAllBytes(exported)).array("records");
    try (var database = Database.open(folder.resolve("root/jbuildkit.db"))) {
      var keys = new KeyGraph(new StoredKeys(new CacheKeyTable(database)), RandomId::next);
      assertThat(links(keys)).containsAll(expectedLinks(records));
    }
  }

  /** A record, or a link between two, in words. */
  private static String link(String record, int input, String selector, String parent) {
    return record + " input " + input + " selector " + selector + " from " + parent;
  }

  private static Set<String> links(KeyGraph keys) {
    var links = new TreeSet<String>();
    for (CacheKey key : keys.keys()) {
      var record = key.recordDigest().toString();
      links.add(record);
      for (int i = 0; i < key.inputCount(); i++) {
        for (var link : keys.links(key, i)) {
          links.add(link(record, i, link.selector(), link.key().recordDigest().toString()));
        }
      }
    }
    return links;
  }

  private static Set<String> expectedLinks(List<Json> records) {
    var links = new TreeSet<String>();
    for (var element : records) {
      var record = (Json.Obj) element;
      links.add(record.text("digest"));
      var inputs = record.array("inputs");
      for (int i = 0; i < inputs.size(); i++) {
        for (var alternative : ((Json.Arr) inputs.get(i)).elements()) {
          var link = (Json.Obj) alternative;
          var parent = (Json.Obj) records.get((int) link.number("link"));
          links.add(link(record.text("digest"), i, link.text("selector"), parent.text("digest")));
        }
      }
    }
    return links;
  }
}
