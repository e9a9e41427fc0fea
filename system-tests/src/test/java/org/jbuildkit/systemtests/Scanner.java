package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The image of a scanner for software that lists files. */
final class Scanner {
  private static final Path SOURCE = Path.of("scanner").toAbsolutePath();

  private Scanner() {}

  /** Makes the image and pushes it. */
  static void push(Programs programs, Path folder, String name)
      throws IOException, InterruptedException {
    var context = Files.createDirectory(folder.resolve("scanner"));
    for (var file : List.of("Dockerfile", "scan.sh")) {
      Files.copy(SOURCE.resolve(file), context.resolve(file));
    }
    Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"));
    var ended =
        programs.buildctl(
            Map.of(),
            List.of(
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                "--local=context=" + context,
                "--local=dockerfile=" + context,
                "--output=type=image,push=true,name=" + name));
    assertThat(ended.status()).as(ended.output()).isZero();
  }
}
