package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that starts a daemon for one command, with programs that only note what they get. */
@Timeout(60)
class DaemonlessTest {
  private static final String ADDRESS = "unix:///run/buildkit/buildkitd.sock";

  @TempDir Path folder;

  @BeforeEach
  void check() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "other users need rootlesskit");
  }

  private void script(String name, String text) throws Exception {
    var file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int run(String shell, String retries, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(shell.split(" ", -1)));
    command.add(Path.of("../bin/buildctl-daemonless.sh").toRealPath().toString());
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put("BUILDCTL", folder.resolve("ctl").toString());
    builder.environment().put("BUILDKITD", folder.resolve("daemon").toString());
    builder.environment().put("BUILDKITD_FLAGS", "--a --b=c");
    builder.environment().put("BUILDCTL_CONNECT_RETRIES_MAX", retries);
    var process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "busybox sh", "bash"})
  void aDaemonLivesForOneCommand(String shell) throws Exception {
    script(
        "daemon", "echo \"$@\" >%1$s/flags; echo $$ >%1$s/pid; exec sleep 100\n".formatted(folder));
    script(
        "ctl",
        """
        echo "$@" >>%1$s/calls
        [ "$2" = debug ] && [ "$(wc -l <%1$s/calls)" -lt 3 ] && exit 1
        [ "$2" != build ] || exit 7
        """
            .formatted(folder));
    assertThat(run(shell, "10", "build", "a b")).isEqualTo(7);
    assertThat(folder.resolve("flags")).hasContent("--a --b=c --addr=" + ADDRESS);
    var probe = "--addr=" + ADDRESS + " debug workers\n";
    assertThat(folder.resolve("calls"))
        .hasContent(probe.repeat(3) + "--addr=" + ADDRESS + " build a b");
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "busybox sh"})
  void aDaemonThatDoesNotAnswerIsGivenUp(String shell) throws Exception {
    script("daemon", "echo it is broken\nexit 1\n");
    script("ctl", "echo x >>" + folder.resolve("calls") + "\nexit 1\n");
    assertThat(run(shell, "1", "build")).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(3);
    assertThat(folder.resolve("err"))
        .hasContent(
            "could not connect to "
                + ADDRESS
                + " after 1 trials\n========== log ==========\nit is broken");
    try (var left = Files.list(Path.of("/tmp"))) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("buildctl-daemonless."));
    }
  }
}
