package org.jbuildkit.exporters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.exporters.image.ImageOptions.Epoch;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.layer.TarReader;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.session.files.FileModes;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results as files: one archive, or directories. */
class TreesTest {
  private static final byte[] PLATFORMS =
      """
      {"Platforms":[{"ID":"linux/arm64","Platform":{"architecture":"arm64","os":"linux"}},\
      {"ID":"linux/amd64","Platform":{"architecture":"amd64","os":"linux"}}]}\
      """
          .getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Database database;
  private RefStore refs;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    database = Database.open(folder.resolve("meta.db"));
    refs =
        RefStore.open(
            folder,
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            (_, _, _, _) -> {},
            database,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private interface Filling {
    void of(Path root) throws IOException;
  }

  private Ref tree(Filling filling) throws IOException, InterruptedException {
    var mutable = refs.create(Optional.empty(), RefOptions.regular("test"));
    try (var mounted = mutable.mount()) {
      filling.of(mounted.path());
    }
    return mutable.commit();
  }

  private static void file(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(1_600_000_000, 5)));
  }

  private static BuildResult single(Ref tree) {
    return new BuildResult(Optional.of(tree), new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  private static BuildResult both(Ref arm, Ref amd) {
    var trees = new LinkedHashMap<String, Optional<Ref>>();
    trees.put("linux/arm64", Optional.of(arm));
    trees.put("linux/amd64", Optional.of(amd));
    return new BuildResult(
        Optional.empty(), trees, new LinkedHashMap<>(Map.of("refs.platforms", PLATFORMS)));
  }

  private static List<PlatformTree> open(BuildResult result, Epoch epoch)
      throws IOException, InterruptedException {
    var options = new TreeOptions(Optional.empty(), false, epoch, "");
    return PlatformTree.open(result, options, Instant.EPOCH);
  }

  private static byte[] archive(BuildResult result, Epoch epoch)
      throws IOException, InterruptedException {
    var out = new ByteArrayOutputStream();
    var trees = open(result, epoch);
    try {
      TarExporter.write(trees, !result.byPlatform().isEmpty(), out);
    } finally {
      PlatformTree.closeAll(trees);
    }
    return out.toByteArray();
  }

  private static List<String> names(byte[] archive) throws IOException {
    var names = new ArrayList<String>();
    var tar = new TarReader(new java.io.ByteArrayInputStream(archive));
    for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
      var link = entry.get().linkName();
      names.add(entry.get().name() + (link.isEmpty() ? "" : " -> " + link));
    }
    return names;
  }

  @Test
  void anArchiveHasTheBytesOfBuildKits() throws Exception {
    try (var tree =
        tree(root -> {
          file(root.resolve("d/x"), "hello");
          file(root.resolve("z"), "");
          Files.setPosixFilePermissions(
              root.resolve("d"), PosixFilePermissions.fromString("rwxr-xr-x"));
        })) {
      var archive = archive(single(tree), new Epoch.At(1_700_000_000));
      assertThat(archive).hasSize(3072);
      assertThat(Digest.sha256(archive).hex())
          .isEqualTo("74749b4705010b1e5fbec6e6b8712b54ace9bc0ada71f48f9dd1cd3292f23d83");
    }
  }

  @Test
  void linksOfAPlatformLeadIntoItsDirectory() throws Exception {
    try (var arm =
            tree(root -> {
              file(root.resolve("f"), "arm");
              Files.createLink(root.resolve("g"), root.resolve("f"));
              Files.createSymbolicLink(root.resolve("s"), Path.of("/f"));
              Files.createSymbolicLink(root.resolve("t"), Path.of("f"));
            });
        var amd = tree(root -> file(root.resolve("f"), "amd"))) {
      assertThat(names(archive(both(arm, amd), new Epoch.Unset())))
          .containsExactly(
              "linux_amd64/",
              "linux_amd64/f",
              "linux_arm64/",
              "linux_arm64/f",
              "linux_arm64/g -> linux_arm64/f",
              "linux_arm64/s -> /linux_arm64/f",
              "linux_arm64/t -> f");
    }
  }

  private static List<String> walk(TreeEntries entries) throws IOException {
    var paths = new ArrayList<String>();
    for (var next = entries.next(); next.isPresent(); next = entries.next()) {
      paths.add(FileModes.path(next.get()).toString());
    }
    return paths;
  }

  @Test
  void treesThatShareDirectoriesAloneAreOne() throws Exception {
    try (var arm = tree(root -> file(root.resolve("d/arm"), "1"));
        var amd =
            tree(root -> {
              file(root.resolve("d/amd"), "2");
              file(root.resolve("d-/x"), "3");
            })) {
      var trees = open(both(arm, amd), new Epoch.Unset());
      var parts = new LinkedHashMap<String, TreeEntries>();
      for (var tree : trees) {
        parts.put(tree.id(), tree.entries());
      }
      var merged = new MergedEntries(parts);
      assertThat(walk(merged)).containsExactly("d", "d/amd", "d/arm", "d-", "d-/x");
      try (var file = merged.open(ByteName.ofText("d/arm"));
          var in = file.input(false)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("1");
      }
      PlatformTree.closeAll(trees);
    }
  }

  @Test
  void treesThatShareFilesAreRefused() throws Exception {
    try (var arm = tree(root -> file(root.resolve("f"), "1"));
        var amd = tree(root -> file(root.resolve("f"), "2"))) {
      var trees = open(both(arm, amd), new Epoch.Unset());
      var parts = new LinkedHashMap<String, TreeEntries>();
      for (var tree : trees) {
        parts.put(tree.id(), tree.entries());
      }
      assertThatThrownBy(() -> walk(new MergedEntries(parts)))
          .hasMessage(
              "cannot overwrite f from linux/arm64 with linux/amd64 when split option is disabled");
      PlatformTree.closeAll(trees);
    }
  }

  @Test
  void resultsWithoutAMappingAreRefused() throws Exception {
    try (var tree = tree(root -> file(root.resolve("f"), "1"))) {
      var trees = new LinkedHashMap<String, Optional<Ref>>();
      trees.put("a", Optional.of(tree));
      var result = new BuildResult(Optional.empty(), trees, new LinkedHashMap<>());
      assertThatThrownBy(() -> open(result, new Epoch.Unset()))
          .hasMessage("unable to export multiple refs, missing platforms mapping");
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> TreeOptions.parse(Map.of("mode", "x")))
        .hasMessage("invalid local exporter mode \"x\"");
    assertThatThrownBy(() -> TreeOptions.parse(Map.of("platform-split", "x")))
        .hasMessage(
            "non-bool value for platform-split: x: strconv.ParseBool: parsing \"x\": invalid syntax");
    assertThat(TreeOptions.parse(Map.of("mode", " Delete ")).deletes()).isTrue();
  }

  @Test
  void statementsAreFilesOfTheirPlatformBesideItsOwn() throws Exception {
    try (var arm = tree(root -> Files.createDirectory(root.resolve("d")));
        var amd = tree(root -> file(root.resolve("pre-p.json"), "old"))) {
      var stated =
          ResultAttestation.made(
              "t", Map.of(), "x/p.json", () -> "{}".getBytes(StandardCharsets.UTF_8));
      var hidden =
          ResultAttestation.made(
              "t", AttestationKeys.ofProvenance(true), "q.json", () -> new byte[] {'b'});
      var attested = new LinkedHashMap<String, List<ResultAttestation>>();
      attested.put("linux/amd64", List.of(stated, hidden));
      var result = both(arm, amd).withAttestations(attested);
      assertThat(walk(result, Map.of())).containsExactly("d", "", "pre-p.json");
      assertThat(walk(result, Map.of("platform-split", "false")))
          .containsExactly("d", "", "pre-p.json", "pre-p.linux_amd64.json");
      attested.put("linux/amd64", List.of(stated, stated));
      assertThatThrownBy(() -> walk(result.withAttestations(attested), Map.of()))
          .hasMessage("duplicate attestation path name pre-p.json");
    }
  }

  /** All names, those of each platform after an empty one. */
  private static List<String> walk(BuildResult result, Map<String, String> attributes)
      throws IOException, InterruptedException {
    var all = new LinkedHashMap<>(attributes);
    all.put("attestation-prefix", "pre-");
    var trees = PlatformTree.open(result, TreeOptions.parse(all), Instant.EPOCH);
    try {
      var names = new ArrayList<String>();
      for (var tree : trees) {
        names.addAll(names.isEmpty() ? List.of() : List.of(""));
        names.addAll(walk(tree.entries()));
      }
      return names;
    } finally {
      PlatformTree.closeAll(trees);
    }
  }
}
