package org.jbuildkit.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** runc CVE-2024-21626: a descriptor that was not closed gave a container the host's files. */
class CloseOnExecTest {
  private static final int CLOSE_ON_EXEC = 02000000;
  private static final ByteName FILE = ByteName.ofText("f");

  @TempDir Path folder;

  private static int flags(Fd fd) throws IOException {
    var lines = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number()));
    var flags = lines.stream().filter(line -> line.startsWith("flags:")).findFirst();
    return Integer.parseInt(flags.orElseThrow().substring("flags:".length()).strip(), 8);
  }

  private static void check(Fd fd) throws IOException {
    assertThat(flags(fd) & CLOSE_ON_EXEC).as("%s", fd.name()).isEqualTo(CLOSE_ON_EXEC);
  }

  @Test
  void filesAndFoldersAreClosed() throws IOException {
    try (var dir = Dir.open(folder);
        var again = dir.openDir(ByteName.EMPTY);
        var inside = dir.openDir(ByteName.EMPTY, Resolve.IN_ROOT);
        var made = dir.create(FILE, 0600);
        var read = dir.openRead(FILE);
        var handle = dir.openFile(FILE, OpenMode.HANDLE, 0)) {
      check(dir.fd());
      check(again.fd());
      check(inside.fd());
      check(made);
      check(read);
      check(handle);
    }
  }

  @Test
  void filesOfOurOwnAreClosed() throws IOException {
    for (var mode : OpenMode.values()) {
      try (var file = Fd.open(folder.resolve(mode.name()).toString(), create(mode), 0600)) {
        check(file);
      }
    }
  }

  /** The mode, after its file was made if it makes none. */
  private OpenMode create(OpenMode mode) throws IOException {
    if (!mode.creates()) {
      Files.createFile(folder.resolve(mode.name()));
    }
    return mode;
  }
}
