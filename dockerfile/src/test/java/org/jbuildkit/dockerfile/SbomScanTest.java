package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Mount;
import org.junit.jupiter.api.Test;

/** Scans of results for software: what runs them, and what they look at. */
class SbomScanTest {
  private static final String SCANNER =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
          + "[\"sha256:1\"]},\"config\":{\"Env\":[\"PATH=/bin\"],\"Entrypoint\":[\"/bin/busybox\","
          + "\"sh\"],\"Cmd\":[\"/scan.sh\"],\"WorkingDir\":\"/\"}}";

  private static MemoryClient client(String file, Map<String, String> options) {
    var all = new LinkedHashMap<>(options);
    all.putIfAbsent("attest:sbom", "type=sbom,generator=localhost:5077/scan");
    return new MemoryClient(file.replace(';', '\n') + "\n", all) {
      @Override
      String config() {
        return SCANNER;
      }
    };
  }

  /** The scan is what is solved last. */
  private static LlbOf scan(String file, Map<String, String> options) throws InterruptedException {
    var client = client(file, options);
    var result = DockerfileFrontend.solve(client);
    assertThat(result.scans().keySet()).containsExactly("linux/amd64");
    return LlbOf.definition(client.solved.getLast());
  }

  private static ExecOp exec(String file, Map<String, String> options) throws Exception {
    return scan(file, options).exec();
  }

  private static List<String> mounts(String file, Map<String, String> options) throws Exception {
    return exec(file, options).getMountsList().stream().map(Mount::getDest).toList();
  }

  @Test
  void theScansDigestIsUpstreams() throws Exception {
    var llb =
        scan(
            "ARG BUILDKIT_SBOM_SCAN_STAGE=dep;FROM scratch AS dep;WORKDIR /d;FROM scratch;"
                + "WORKDIR /x;COPY --from=dep /d /e",
            Map.of("build-arg:SOURCE_DATE_EPOCH", "1700000000"));
    assertThat(llb.lastExec().digest().hex())
        .isEqualTo("94c7ef17b78b5fdf8a3bf7ce5c4d1347a280e5b4000f3e2fd2efeb2bd31fe629");
    assertThat(LlbOf.name(llb.lastExec()))
        .isEqualTo("[linux/amd64] generating sbom using localhost:5077/scan:latest");
  }

  @Test
  void onlyDeclaredArgumentsAskForMoreScans() throws Exception {
    var stages = ";FROM scratch AS one;WORKDIR /1;FROM scratch AS two;COPY --from=one /1 /";
    var context = "/run/src/extras/sbom-context";
    var one = "/run/src/extras/sbom-one";
    var given =
        Map.of(
            "build-arg:BUILDKIT_SBOM_SCAN_CONTEXT", "true",
            "build-arg:BUILDKIT_SBOM_SCAN_STAGE", "true");
    assertThat(mounts("ARG A" + stages, given)).doesNotContain(context, one);
    assertThat(mounts("ARG BUILDKIT_SBOM_SCAN_CONTEXT" + stages, given))
        .contains(context)
        .doesNotContain(one);
    assertThat(mounts("ARG BUILDKIT_SBOM_SCAN_STAGE=false" + stages, given)).contains(one);
    assertThat(mounts("ARG BUILDKIT_SBOM_SCAN_STAGE=x,one" + stages, Map.of())).contains(one);
    assertThat(
            mounts(
                "ARG BUILDKIT_SBOM_SCAN_STAGE=1;FROM scratch AS one;"
                    + "ARG BUILDKIT_SBOM_SCAN_STAGE=0;WORKDIR /1;FROM one;WORKDIR /2",
                Map.of()))
        .doesNotContain(one);
    assertThat(
            exec("FROM scratch;ARG BUILDKIT_SBOM_SCAN_CONTEXT=1", Map.of()).getMeta().getEnvList())
        .contains("BUILDKIT_SCAN_SOURCE_EXTRAS=/run/src/extras")
        .noneMatch(variable -> variable.startsWith("BUILDKIT_SBOM"));
  }

  @Test
  void parametersAreToldAndStagesWithoutCacheScannedAnew() throws Exception {
    var options =
        Map.of(
            "build-arg:BUILDKIT_ATTEST_SBOM", "z=1,generator=localhost:5077/scan,a=b",
            "attest:sbom", "x=y,generator=localhost:5077/scan",
            "no-cache", "one");
    assertThat(exec("FROM scratch", options).getMeta().getEnvList())
        .containsExactly(
            "PATH=/bin",
            "BUILDKIT_SCAN_DESTINATION=/run/out/",
            "BUILDKIT_SCAN_SOURCE=/run/src/core/sbom",
            "BUILDKIT_SCAN_x=y");
    assertThat(ignoresCache("FROM scratch AS one", options)).isTrue();
    var stages = "FROM scratch AS one;%sWORKDIR /1;FROM scratch;COPY --from=one /1 /";
    assertThat(ignoresCache(stages.formatted(""), options)).isFalse();
    assertThat(ignoresCache(stages.formatted("ARG BUILDKIT_SBOM_SCAN_STAGE=1;"), options)).isTrue();
  }

  private static boolean ignoresCache(String file, Map<String, String> options)
      throws InterruptedException {
    return scan(file, options).lastExec().metadata().getIgnoreCache();
  }

  @Test
  void scannersThatAreNoneAreRefused() {
    var bad = client("FROM scratch", Map.of("attest:sbom", "generator=A"));
    assertThatThrownBy(() -> DockerfileFrontend.solve(bad))
        .hasMessageStartingWith("failed to parse sbom scanner A: invalid reference format");
    var idle = new MemoryClient("FROM scratch\n", Map.of("attest:sbom", "generator=idle"));
    assertThatThrownBy(() -> DockerfileFrontend.solve(idle))
        .hasMessage("scanner docker.io/library/idle:latest does not have cmd");
  }
}
