package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds over connections that other programs carry. */
@Timeout(180)
class ConnectionsTest {
  private static final Path SSHD = Path.of("/usr/sbin/sshd");

  @TempDir Path folder;
  private Programs programs;
  private Path bin;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    programs = Programs.start(folder);
    bin = Files.createDirectory(folder.resolve("bin"));
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("in"), "made");
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY in /out\n");
    var command = new ArrayList<String>(List.of("exec"));
    command.addAll(programs.command(List.of()));
    script(
        "buildctl",
        String.join(" ", command.stream().map(w -> "'" + w + "'").toList()) + " \"$@\"");
  }

  @AfterEach
  void stop() throws Exception {
    if (programs != null) {
      programs.close();
    }
  }

  private void script(String name, String line) throws Exception {
    var file = bin.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Programs.Ended run(String address, String... arguments) throws Exception {
    var all = new ArrayList<>(List.of("--addr", address));
    all.addAll(List.of(arguments));
    return programs.buildctl(Map.of("PATH", bin + ":" + System.getenv("PATH")), all);
  }

  private Programs.Ended build(String address) throws Exception {
    var context = folder.resolve("ctx");
    return run(
        address,
        "build",
        "--progress=plain",
        "--frontend=dockerfile.v0",
        "--local=context=" + context,
        "--local=dockerfile=" + context,
        "--output=type=local,dest=" + folder.resolve("result"));
  }

  @Test
  void aContainersDaemonIsReachedThroughDocker() throws Exception {
    script("docker", "echo \"$@\" >" + folder.resolve("args") + "; shift 3; exec \"$@\"");
    assertThat(build("docker-container://box").status()).isZero();
    assertThat(folder.resolve("result/out")).hasContent("made");
    assertThat(folder.resolve("args")).hasContent("exec -i box buildctl dial-stdio");
  }

  @Test
  void aProgramThatFailsIsQuoted() throws Exception {
    script("podman", "echo boom stderr >&2; exit 7");
    var ended = run("podman-container://box", "debug", "info");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .isEqualTo(
            "error: failed to call info: Unavailable: connection error: desc = \"error reading"
                + " server preface: command [podman exec -i box buildctl dial-stdio] has exited"
                + " with exit status 7, make sure the URL is valid, and Docker 18.09 or later is"
                + " installed on the remote host: stderr=boom stderr\\n\"\n");
  }

  @Test
  void anotherHostsDaemonIsReachedThroughSsh() throws Exception {
    assumeTrue(Files.isExecutable(SSHD), "needs the package openssh-server");
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var server = startSshd(port);
    try {
      script(
          "ssh",
          "exec /usr/bin/ssh -F none -i "
              + folder.resolve("key")
              + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
              + " \"$@\"");
      var ended = build("ssh://root@127.0.0.1:" + port + folder.resolve("bk.sock"));
      assertThat(ended.output()).contains("DONE").doesNotContain("error");
      assertThat(ended.status()).isZero();
      assertThat(folder.resolve("result/out")).hasContent("made");
    } finally {
      server.destroy();
      server.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private Process startSshd(int port) throws Exception {
    for (var name : List.of("key", "host")) {
      new ProcessBuilder(
              "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(name).toString())
          .start()
          .waitFor();
    }
    Files.createDirectories(Path.of("/run/sshd"));
    Files.writeString(
        folder.resolve("sshd.conf"),
        """
        ListenAddress 127.0.0.1:%d
        HostKey %s
        AuthorizedKeysFile %s
        StrictModes no
        PermitRootLogin yes
        UsePAM no
        PidFile none
        SetEnv PATH=%s:/usr/bin:/bin
        """
            .formatted(port, folder.resolve("host"), folder.resolve("key.pub"), bin));
    var server =
        new ProcessBuilder(
                SSHD.toString(), "-D", "-e", "-f", folder.resolve("sshd.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sshd.log").toFile())
            .start();
    for (int i = 0;
        i < 100 && !Files.readString(folder.resolve("sshd.log")).contains("listening");
        i++) {
      Thread.sleep(50);
    }
    return server;
  }
}
