package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.StoredKeys;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.solver.CacheKey;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Database;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builds whose results BuildKit v0.32.2 made too: our programs must make the same bytes and keys.
 */
class GoldenCasesTest {
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
    check(GoldenCase.ofResources(name));
  }

  /** These start from an image that is too large to be kept here. */
  @ParameterizedTest
  @ValueSource(strings = {"run-basic", "multistage", "mounts", "heredoc-link"})
  void imagesOfRunStepsAreThoseOfBuildKit(String name) throws Exception {
    var wanted = GoldenCase.ofFolder(name);
    assumeTrue(wanted.isPresent(), "there is no folder of cases: set " + GoldenCase.FOLDER);
    check(wanted.get());
  }

  private void check(GoldenCase golden) throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    var archive = folder.resolve("out.tar");
    var arguments = golden.arguments(folder.resolve("ctx"), archive);
    try (var programs = Programs.start(folder)) {
      var ended = programs.buildctl(Map.of("SOURCE_DATE_EPOCH", "1700000000"), arguments);
      assertThat(ended.status()).as(ended.output()).isZero();
    }
    var layout = unpack(archive);
    assertThat(layout.resolve("index.json"))
        .hasSameTextualContentAs(golden.expected().resolve("index.json"));
    for (var document : golden.documents()) {
      var hex = document.getFileName().toString().replaceAll("^sha256-|\\.json$", "");
      assertThat(layout.resolve("blobs/sha256").resolve(hex)).hasSameTextualContentAs(document);
    }
    assertKeysKnown(golden.expected().resolve("cache-config.json"));
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
