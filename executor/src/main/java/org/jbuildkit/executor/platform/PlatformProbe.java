package org.jbuildkit.executor.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs probe programs, each in a new folder that only we can enter and that it can't look out of:
 * an emulator that a container would not find does not count.
 *
 * @param parent of the folders, our own
 */
record PlatformProbe(Path parent) {
  private static final Logger LOG = LoggerFactory.getLogger(PlatformProbe.class);
  private static final int TIMEOUT_SECONDS = 10;
  private static final int NOT_EXECUTED = 125;

  /** The status that the program ends with; empty if it does not run. */
  OptionalInt run(ProbeProgram program) throws IOException, InterruptedException {
    var permissions =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    var folder = Files.createTempDirectory(parent, "probe", permissions);
    try {
      var file = Files.createFile(folder.resolve("check"), permissions);
      Files.write(file, program.file());
      var status = status(folder);
      LOG.debug("probe of {}: {}", program.architecture(), status);
      return status.isPresent() && status.getAsInt() < NOT_EXECUTED ? status : OptionalInt.empty();
    } finally {
      Files.deleteIfExists(folder.resolve("check"));
      Files.delete(folder);
    }
  }

  private static OptionalInt status(Path folder) throws IOException, InterruptedException {
    var builder = new ProcessBuilder("chroot", folder.toString(), "/check");
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    var process =
        builder
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } finally {
      process.destroyForcibly();
    }
  }
}
