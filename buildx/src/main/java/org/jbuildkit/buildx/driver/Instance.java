package org.jbuildkit.buildx.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.Json;

/** What a running daemon tells of itself in a file; a daemon that was killed leaves it behind. */
record Instance(long pid, String address) {

  static Optional<Instance> read(Path file) throws IOException {
    try {
      var json = Json.parseObject(Files.readAllBytes(file));
      return Optional.of(new Instance(json.number("pid"), json.text("address")))
          .filter(instance -> instance.pid > 1 && instance.address.startsWith("unix://"));
    } catch (NoSuchFileException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether that process is the daemon still, and not another one that got its number. */
  boolean isProcessOf(Path file) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().commandLine())
        .filter(line -> line.contains(file.toString()))
        .isPresent();
  }
}
