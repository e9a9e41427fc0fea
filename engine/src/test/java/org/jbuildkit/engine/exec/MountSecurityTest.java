package org.jbuildkit.engine.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holes that programs of this kind have had in their mounts and walls. */
class MountSecurityTest {
  private static final int ROUNDS = 300;

  @TempDir Path folder;

  /** CVE-2024-1753, CVE-2024-9407: a mount's source led through links out of its image. */
  @ParameterizedTest
  @ValueSource(strings = {"/link/secret", "/up/secret", "/../outside/secret", "/file"})
  void sourcesResolveInsideTheirTree(String selector) throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    var outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "the host's");
    var tree = Files.createDirectories(folder.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(tree.resolve("up"), Path.of("../outside"));
    Files.createSymbolicLink(tree.resolve("file"), outside.resolve("secret"));
    assertThatThrownBy(
            () -> SelectedPath.open(tree, new ContainerPath(selector), folder.resolve("m")))
        .isInstanceOf(IOException.class)
        .hasMessage("open %s: no such file or directory", new ContainerPath(selector).value());
  }

  /** CVE-2024-23651, CVE-2024-11218: steps raced on a sub-path of a shared cache mount. */
  @Test
  void aSubPathThatIsSwappedMeanwhileStaysInsideItsTree() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    var outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("host"), "");
    var tree = Files.createDirectories(folder.resolve("tree"));
    var real = Files.createDirectories(tree.resolve("sub"));
    Files.writeString(real.resolve("own"), "");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    var ends = new AtomicBoolean();
    var attacker = Thread.ofPlatform().start(() -> swap(tree, ends));
    try {
      for (int i = 0; i < ROUNDS; i++) {
        var target = folder.resolve("m" + i);
        try (var selected = SelectedPath.open(tree, new ContainerPath("/sub"), target)) {
          assertThat(selected.path().resolve("host")).doesNotExist();
        } catch (IOException | BuildException _) {
          // It was a link out at that moment, or nothing.
        }
      }
    } finally {
      ends.set(true);
      attacker.join();
    }
  }

  private static void swap(Path tree, AtomicBoolean ends) {
    try {
      while (!ends.get()) {
        exchange(tree, "sub", "link");
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void exchange(Path tree, String one, String other) throws IOException {
    try {
      var spare = tree.resolve("spare");
      Files.move(tree.resolve(one), spare, StandardCopyOption.ATOMIC_MOVE);
      Files.move(tree.resolve(other), tree.resolve(one), StandardCopyOption.ATOMIC_MOVE);
      Files.move(spare, tree.resolve(other), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw new IOException("nobody else moves these", e);
    }
  }

  /** CVE-2024-23653, GHSA-7236-3392-c5c6: an unknown number took the walls down. */
  @Test
  void numbersThatMeanNothingAreRefused() {
    assertThatThrownBy(() ->
            Confinement.security(
                SecurityMode.forNumber(7) == null
                    ? SecurityMode.UNRECOGNIZED
                    : SecurityMode.SANDBOX))
        .isInstanceOf(BuildException.class);
    assertThatThrownBy(() -> Confinement.network(NetMode.UNRECOGNIZED))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith("unknown network mode");
    assertThat(Confinement.security(SecurityMode.SANDBOX))
        .isEqualTo(ContainerProcess.Security.SANDBOX);
  }
}
