package org.jbuildkit.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.cli.Command;
import org.jbuildkit.engine.history.Retention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  private DaemonConfig read(String file, String... flags) throws Exception {
    return read(Map.of(), file, flags);
  }

  private DaemonConfig read(Map<String, String> environment, String file, String... flags)
      throws Exception {
    var path = folder.resolve("buildkitd.toml");
    Files.writeString(path, file);
    var words = new ArrayList<String>(List.of("--config", path.toString()));
    words.addAll(List.of(flags));
    var read = new ArrayList<DaemonConfig>();
    Command.of("daemon", "buildkitd")
        .flags(DaemonFlags.all())
        .action(invocation -> {
          read.add(ConfigReader.read(invocation, environment, warnings::add));
          return 0;
        })
        .run(words, System.out, System.err);
    return read.getFirst();
  }

  @Test
  void withoutAnythingThereAreDefaults() throws Exception {
    var config = read("");
    assertThat(config.root()).isEqualTo(Path.of("/var/lib/buildkit"));
    assertThat(config.listen().addresses()).containsExactly("unix:///run/buildkit/buildkitd.sock");
    assertThat(config.log()).isEqualTo(LogConfig.DEFAULT);
    assertThat(config.ociWorker()).isEqualTo(OciWorkerConfig.DEFAULT);
    assertThat(config.idleTimeout()).isZero();
    assertThat(warnings).isEmpty();
  }

  @Test
  void frontendsCanBeTakenAway() throws Exception {
    assertThat(read("").frontends()).isEqualTo(FrontendsConfig.ALL);
    var file =
        """
        [frontend."dockerfile.v0"]
        enabled = false
        runOwnImages = true
        [frontend."gateway.v0"]
        allowedRepositories = ["a/b"]
        """;
    assertThat(read(file).frontends())
        .isEqualTo(new FrontendsConfig(false, true, List.of("a/b"), true));
    assertThat(warnings).isEmpty();
  }

  @Test
  void flagsGoBeforeTheFile() throws Exception {
    var file =
        """
        root = "/a"
        insecure-entitlements = ["network.host"]
        [grpc]
        address = ["unix:///a.sock", "tcp://127.0.0.1:1"]
        gid = 5
        [log]
        format = "json"
        [worker.oci]
        max-parallelism = 3
        [worker.oci.labels]
        a = "1"
        b = "2"
        """;
    var config = read(file);
    assertThat(config.root()).isEqualTo(Path.of("/a"));
    assertThat(config.listen().addresses()).containsExactly("unix:///a.sock", "tcp://127.0.0.1:1");
    assertThat(config.listen().gid()).contains(5);
    assertThat(config.log().format()).isEqualTo(LogConfig.Format.JSON);
    assertThat(config.entitlements()).containsExactly("network.host");
    assertThat(config.ociWorker().maxParallelism()).isEqualTo(3);

    config =
        read(
            file,
            "--root=/b",
            "--addr=unix:///b.sock",
            "--log-format=text",
            "--group=7",
            "--oci-max-parallelism=4",
            "--oci-worker-labels=b=3",
            "--allow-insecure-entitlement=security.insecure");
    assertThat(config.root()).isEqualTo(Path.of("/b"));
    assertThat(config.listen().addresses()).containsExactly("unix:///b.sock");
    assertThat(config.listen().gid()).contains(7);
    assertThat(config.log().format()).isEqualTo(LogConfig.Format.TEXT);
    assertThat(config.entitlements()).containsExactly("security.insecure");
    assertThat(config.ociWorker().maxParallelism()).isEqualTo(4);
    assertThat(config.ociWorker().labels()).isEqualTo(Map.of("a", "1", "b", "3"));
  }

  @Test
  void theLogLevelHasAnOrderOfItsOwn() throws Exception {
    assertThat(read("debug = true").log().level()).isEqualTo(LogConfig.Level.DEBUG);
    assertThat(warnings).hasSize(1);
    assertThat(read("[log]\nlevel = \"error\"", "--debug").log().level())
        .isEqualTo(LogConfig.Level.DEBUG);
    var variable = Map.of("BUILDKITD_LOG_LEVEL", "warn");
    assertThat(read(variable, "", "--debug").log().level()).isEqualTo(LogConfig.Level.WARN);
    assertThat(read(variable, "", "--log-level=error").log().level())
        .isEqualTo(LogConfig.Level.ERROR);
    assertThatThrownBy(() -> read("", "--log-level=loud"))
        .hasMessageContaining("not a valid logrus Level: \"loud\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rootless", "--save-cache-debug", "--debugaddr=:1"})
  void flagsThatNothingServesAreRefused(String flag) {
    assertThatThrownBy(() -> read("", flag))
        .hasMessageEndingWith("is not supported by this daemon");
  }

  @Test
  void devicesAreLookedForInTheUsualFoldersUnlessTold() throws Exception {
    assertThat(read("").devices().folders())
        .containsExactly(
            Path.of("/etc/cdi"), Path.of("/var/run/cdi"), Path.of("/etc/buildkit/cdi"));
    assertThat(read("[cdi]\ndisabled = true").devices().folders()).isEmpty();
    var given = read("[cdi]\nspecDirs = [\"/x\"]\nautoAllowed = [\"a/b\"]").devices();
    assertThat(given.folders()).containsExactly(Path.of("/x"));
    assertThat(given.autoAllowed()).containsExactly("a/b");
    assertThatThrownBy(() -> read("[cdi]\nspecDirs = []"))
        .hasMessage("no CDI specification directories specified");
  }

  @Test
  void aHistoryTableReplacesAllOfItsDefaults() throws Exception {
    assertThat(read("").history()).isEqualTo(new Retention(Duration.ofDays(2), 50));
    assertThat(read("[history]\nmaxEntries = 3").history())
        .isEqualTo(new Retention(Duration.ZERO, 3));
    assertThat(read("[history]\nmaxAge = \"1h\"").history())
        .isEqualTo(new Retention(Duration.ofHours(1), 0));
  }

  @Test
  void theSocketForSpansCanBeMoved() throws Exception {
    assertThat(read("").traceSocket()).contains(Path.of("/run/buildkit/otel-grpc.sock"));
    assertThat(read("[otel]\nsocketPath = \"/x\"").traceSocket()).contains(Path.of("/x"));
    assertThat(read("[otel]\nsocketPath = \"/x\"", "--otel-socket-path=/y").traceSocket())
        .contains(Path.of("/y"));
  }

  @Test
  void filesSayWhatProvenanceTellsOfTheDaemon() throws Exception {
    var extra = Files.createDirectories(folder.resolve("extra"));
    Files.writeString(extra.resolve("b.json"), "{\"region\":\"b\",\"n\":1}");
    Files.writeString(extra.resolve("a.json"), "{\"region\":\"a\"}");
    var given = "provenanceEnvDir = \"%s\"".formatted(extra);
    assertThat(read(given).provenanceEnvironment().write()).isEqualTo("{\"region\":\"b\",\"n\":1}");
    Files.writeString(extra.resolve("c.json"), "{\"platform\":\"x\"}");
    assertThatThrownBy(() -> read(given))
        .hasMessage(
            "key \"platform\" is builtin and not allowed to be modified in provenance config");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[worker.oci]\nrootless = true",
        "[worker.containerd]\nenabled = true",
        "[cache.gha.sign]\ncommand = [\"x\"]"
      })
  void settingsThatNothingServesAreRefused(String file) {
    assertThatThrownBy(() -> read(file)).hasMessageEndingWith("is not supported by this daemon");
  }

  @Test
  void mistakesAreToldInTheWordsOfTheOriginal() {
    assertThatThrownBy(() -> read("root = 1"))
        .hasMessageStartingWith("failed to parse config: toml: cannot decode TOML integer into");
    assertThatThrownBy(() -> read("root = "))
        .hasMessageStartingWith("failed to parse config: toml: ");
    assertThatThrownBy(() -> read("", "--addr=/x"))
        .hasMessage("address /x does not contain proto, you meant unix:///x ?");
    assertThatThrownBy(() -> read("", "--addr=vsock://1"))
        .hasMessage("addr vsock://1 not supported");
    assertThatThrownBy(() -> read("", "--tlscert=x"))
        .hasMessage("you must specify key and cert file if one is specified");
    assertThatThrownBy(() -> read("", "--oci-worker=maybe"))
        .hasMessage("strconv.ParseBool: parsing \"maybe\": invalid syntax");
    assertThatThrownBy(() -> read("", "--oci-worker-labels=x")).hasMessage("invalid value x");
    assertThatThrownBy(() -> read("", "--allow-insecure-entitlement=x"))
        .hasMessage("invalid entitlement : x");
  }

  @Test
  void collectionIsSetUpByAmountsOrRules() throws Exception {
    var gc = read("[worker.oci]\nreservedSpace = \"5GB\"\nminFreeSpace = \"20%\"").ociWorker().gc();
    assertThat(gc.reserved()).contains(new Space.Bytes(5L << 30));
    assertThat(gc.minFree()).contains(new Space.Percent(20));
    assertThat(gc.maxUsed()).isEmpty();

    gc = read("", "--oci-worker-gc-keepstorage=1,2,3").ociWorker().gc();
    assertThat(gc.reserved()).contains(new Space.Bytes(1_000_000));
    assertThat(gc.minFree()).contains(new Space.Bytes(2_000_000));
    assertThat(gc.maxUsed()).contains(new Space.Bytes(3_000_000));
    assertThatThrownBy(() -> read("", "--oci-worker-gc-keepstorage=1,2,3,4"))
        .hasMessageStartingWith("failed to parse max storage \"1,2,3,4\": ");
    assertThat(read("[worker.oci]\ngc = false").ociWorker().gc().isEnabled()).isFalse();

    var rules =
        read("""
        [[worker.oci.gcpolicy]]
        all = true
        filters = ["type==source.local"]
        keepDuration = "48h"
        keepBytes = 512
        [[worker.oci.gcpolicy]]
        keepDuration = 60
        maxUsedSpace = "1kB"
        """)
            .ociWorker()
            .gc()
            .rules();
    assertThat(rules)
        .containsExactly(
            new GcRule(
                true,
                List.of("type==source.local"),
                Duration.ofDays(2),
                Optional.of(new Space.Bytes(512)),
                Optional.empty(),
                Optional.empty()),
            new GcRule(
                false,
                List.of(),
                Duration.ofMinutes(1),
                Optional.empty(),
                Optional.of(new Space.Bytes(1024)),
                Optional.empty()));
    assertThatThrownBy(() -> read("[worker.oci]\nreservedSpace = \"10 XB\""))
        .hasMessage("failed to parse config: toml: invalid disk space 10 XB");
    assertThatThrownBy(() -> read("[[worker.oci.gcpolicy]]\nkeepDuration = \"x\""))
        .hasMessage("failed to parse config: toml: invalid duration x");
  }

  @ParameterizedTest
  @CsvSource({
    "1_000, 1000",
    "0.5, 0",
    "1e3, 1000",
    "1k, 1024",
    "1.5kb, 1536",
    "1.5e2 KB, 153600",
    "10 mB, 10485760",
    "5 TiB, 5497558138880"
  })
  void amountsOfSpaceAreReadAsTheOriginalDoes(String text, long bytes) {
    assertThat(Space.parse(text)).contains(new Space.Bytes(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {" 5", "5  GB", "-5", "0x10", "10 XB", "30.5%"})
  void otherAmountsAreRefused(String text) {
    assertThatThrownBy(() -> Space.parse(text)).hasMessageStartingWith("failed to parse config");
  }
}
