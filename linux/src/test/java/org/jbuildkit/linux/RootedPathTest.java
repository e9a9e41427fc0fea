package org.jbuildkit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths that were written to lead out of their root. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootedPathTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "../../etc, etc",
    "up/etc, etc",
    "abs/x, etc/x",
    "up/../../x, x",
    "/, ''",
    "chain, etc",
    "d/back/x/back, d/x/back"
  })
  void linksAndParentsStayInside(String path, String inside) throws IOException {
    Files.createSymbolicLink(folder.resolve("up"), Path.of("../../.."));
    Files.createSymbolicLink(folder.resolve("abs"), Path.of("/etc"));
    Files.createSymbolicLink(folder.resolve("chain"), Path.of("/../abs"));
    Files.createDirectory(folder.resolve("d"));
    Files.createSymbolicLink(folder.resolve("d/back"), Path.of("."));
    try (var root = Dir.open(folder)) {
      assertThat(RootedPath.resolve(root, ByteName.ofText(path), true)).hasToString(inside);
    }
  }

  @Test
  void linksInCirclesEnd() throws IOException {
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b/b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a/a"));
    try (var root = Dir.open(folder)) {
      assertThatThrownBy(() -> RootedPath.resolve(root, ByteName.ofText("a"), true))
          .hasMessage("too many links");
    }
  }

  /** Each part costs a call, and a definition has room for millions. */
  @Test
  void pathsThatNoKernelTakesAreRefusedUnread() throws IOException {
    var path = ByteName.ofText("/" + "a/".repeat(2_000_000));
    try (var root = Dir.open(folder)) {
      assertThatThrownBy(() -> RootedPath.resolve(root, path, true))
          .hasMessage("file name too long");
    }
  }
}
