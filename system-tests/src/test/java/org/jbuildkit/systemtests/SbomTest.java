package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists of the software in results, as Docker's own client asks for them and shows them. */
@Timeout(300)
class SbomTest {
  @TempDir private static Path folder;
  private static Registry registry;
  private static Programs programs;
  private static UpstreamBuildx buildx;
  private static String scan;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
    registry = Registry.start(folder);
    programs = Programs.start(folder);
    buildx = UpstreamBuildx.of("sid", folder).using("unix://" + folder.resolve("bk.sock"));
    var scanner = registry.host() + "/scanner";
    Scanner.push(programs, folder, scanner);
    scan = "--sbom=generator=" + scanner + ",version=7";
    var context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(context.resolve("file"), "content");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch AS made
        ARG BUILDKIT_SBOM_SCAN_STAGE=true
        COPY file /made
        FROM scratch
        COPY file /
        COPY --from=made /made /
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    if (programs != null) {
      programs.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private static Json.Obj parse(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> names(Json.Obj list) {
    return list.array("files").stream().map(file -> ((Json.Obj) file).text("fileName")).toList();
  }

  @Test
  void imagesTellTheSoftwareInThemAndInWhatTheyWereMadeWith() throws Exception {
    var name = registry.host() + "/listed:1";
    buildx.run("build", scan, "--provenance=mode=max", "--push", "--tag=" + name, "context");
    var core = parse(buildx.run("imagetools", "inspect", "--format={{json .SBOM.SPDX}}", name));
    assertThat(names(core)).containsExactly("file", "made");
    assertThat(core.object("creationInfo").texts("creators")).first().isEqualTo("Tool: files-7");
    var layers = parse(buildx.run("imagetools", "inspect", "--format={{json .Manifest}}", name));
    assertThat(layers.array("manifests")).hasSize(2);
    assertThat(core.array("files"))
        .allSatisfy(
            file -> assertThat(((Json.Obj) file).text("comment")).startsWith("layerID: sha256:"));
    var more =
        Json.parse(
            buildx.run("imagetools", "inspect", "--format={{json .SBOM.AdditionalSPDXs}}", name));
    assertThat(((Json.Arr) more).elements()).hasSize(1);
    var provenance =
        buildx.run("imagetools", "inspect", "--format={{json .Provenance.SLSA}}", name);
    assertThat(parse(provenance).object("buildDefinition").array("resolvedDependencies"))
        .hasSize(1)
        .first()
        .asString()
        .contains("/scanner@latest?platform=linux%2F");
  }

  @Test
  void listsAreFilesWhereResultsAreFiles() throws Exception {
    buildx.run(
        "build",
        scan,
        "--provenance=false",
        "--platform=linux/amd64,linux/arm64",
        "--output=type=local,dest=files,attestation-prefix=of-",
        "context");
    for (var platform : List.of("linux_amd64", "linux_arm64")) {
      var list = folder.resolve("files").resolve(platform).resolve("of-sbom.spdx.json");
      var statement = parse(Files.readString(list));
      assertThat(statement.array("subject")).hasSize(2);
      assertThat(names(statement.object("predicate"))).containsExactly("file", "made");
      assertThat(list.resolveSibling("of-sbom-made.spdx.json")).exists();
    }
  }

  @Test
  void whoScansAndFindsNothingSaysSo() throws Exception {
    var missing = registry.host() + "/missing";
    var ended = buildx.call("build", "--sbom=generator=" + missing, "context");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("failed to resolve source metadata for " + missing);
  }
}
