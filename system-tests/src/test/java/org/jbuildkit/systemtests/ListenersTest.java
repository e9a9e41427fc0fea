package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may come in by which door of the daemon. */
class ListenersTest {
  private static final Path ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");
  private static final Pattern PORT = Pattern.compile("running server on 127.0.0.1:(\\d+)");

  @TempDir Path folder;

  @BeforeEach
  void needsRoot() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
  }

  private Programs.Ended workers(Programs daemon, Path authority, Certificates.Identity... who)
      throws Exception {
    var port = PORT.matcher(daemon.log());
    assertThat(port.find()).isTrue();
    var words = new ArrayList<>(List.of("--addr", "tcp://127.0.0.1:" + port.group(1)));
    words.addAll(List.of("--tlscacert", authority.toString()));
    for (var identity : who) {
      words.addAll(List.of("--tlscert", identity.certificate().toString()));
      words.addAll(List.of("--tlskey", identity.key().toString()));
    }
    words.addAll(List.of("--timeout", "10", "debug", "workers"));
    return daemon.buildctl(Map.of(), words);
  }

  @Test
  void onlyCertificatesOfTheAuthorityComeIn() throws Exception {
    var ours = new Certificates(folder, "ours");
    var others = new Certificates(folder, "others");
    var server = ours.issue("server");
    try (var daemon =
        Programs.start(
            folder,
            "--addr=tcp://127.0.0.1:0",
            "--tlscacert=" + ours.authority(),
            "--tlscert=" + server.certificate(),
            "--tlskey=" + server.key())) {
      var right = workers(daemon, ours.authority(), ours.issue("client"));
      assertThat(right.status()).as(right.output()).isZero();
      assertThat(right.output()).contains("linux/");

      assertThat(workers(daemon, ours.authority()).status()).isEqualTo(1);
      assertThat(workers(daemon, ours.authority(), others.issue("stranger")).status()).isEqualTo(1);
      assertThat(workers(daemon, ours.authority(), ours.issueExpired("former")).status())
          .isEqualTo(1);
      // The client, too, wants to know whom it talks to.
      assertThat(workers(daemon, others.authority(), ours.issue("wary")).status()).isEqualTo(1);

      var again = workers(daemon, ours.authority(), ours.issue("later"));
      assertThat(again.status()).as(again.output()).isZero();
    }
  }

  @Test
  void severalAddressesAreServedAtOnce() throws Exception {
    try (var daemon = Programs.start(folder, "--addr=tcp://127.0.0.1:0")) {
      var port = PORT.matcher(daemon.log());
      assertThat(port.find()).isTrue();
      for (var address :
          List.of("unix://" + folder.resolve("bk.sock"), "tcp://127.0.0.1:" + port.group(1))) {
        var ended = daemon.buildctl(Map.of(), List.of("--addr", address, "debug", "workers"));
        assertThat(ended.status()).as(ended.output()).isZero();
      }
    }
  }

  @Test
  void theSocketThatSystemdOpenedIsServed() throws Exception {
    assumeTrue(Files.isExecutable(ACTIVATE), "systemd-socket-activate is not installed");
    var launchers = Launchers.in(folder);
    var socket = folder.resolve("passed.sock");
    var root = folder.resolve("root");
    var daemon =
        launchers.start(
            folder,
            List.of(
                ACTIVATE.toString(),
                "--listen=" + socket,
                launchers.program("buildkitd").toString(),
                "--root=" + root,
                "--addr=fd://"));
    try {
      for (int i = 0; i < 100 && !Files.exists(socket); i++) {
        Thread.sleep(50);
      }
      var ended =
          launchers.run(
              folder,
              launchers.program("buildctl").toString(),
              "--addr=unix://" + socket,
              "debug",
              "workers");
      assertThat(ended.status()).as(ended.err()).isZero();
      assertThat(ended.out()).contains("linux/");
    } finally {
      daemon.terminate();
    }
    assertThat(daemon.await().status()).isEqualTo(1);
  }

  @Test
  void withoutSystemdThereIsNothingToServe() throws Exception {
    var launchers = Launchers.in(folder);
    var ended =
        launchers.run(
            folder,
            launchers.program("buildkitd").toString(),
            "--root=" + folder.resolve("root"),
            "--addr=fd://");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err())
        .contains(
            "no sockets found via socket activation: make sure the service was started by systemd");
  }
}
