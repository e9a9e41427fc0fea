package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jbuildkit.base.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells programs that start daemons on demand where this one is: its process and its address. */
final class InstanceFile {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceFile.class);

  private InstanceFile() {}

  static void write(Path file, String address) throws IOException {
    var temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(
        temporary,
        Json.object()
            .put("pid", ProcessHandle.current().pid())
            .put("address", address)
            .build()
            .write()
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("can't remove {}", file, e);
    }
  }
}
