package org.jbuildkit.executor.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.Emulation;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.oci.PlatformMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Programs named {@code buildkit-qemu-X} that run other machines' programs. As BuildKit's {@code
 * solver/llbsolver/ops/exec_binfmt.go}.
 *
 * @param folder of our own, for copies that steps see; made if it is missing
 * @param searchPath folders separated by colons
 */
public record Emulators(RunnablePlatforms platforms, Path folder, String searchPath)
    implements Emulation {
  private static final Logger LOG = LoggerFactory.getLogger(Emulators.class);

  @Override
  public Optional<Path> emulator(Platform platform) throws IOException, InterruptedException {
    var runnable = platforms.runnable();
    if (runnable.stream().anyMatch(known -> PlatformMatcher.only(known).matches(platform))) {
      return Optional.empty();
    }
    if (platform.architecture().equals("amd64")
        && !platform.variant().isEmpty()
        && !platform.variant().equals("v2")) {
      var supported =
          runnable.stream()
              .filter(known -> known.architecture().equals("amd64"))
              .map(Platform::format)
              .collect(Collectors.joining(", "));
      throw BuildException.failed(
          "no support for running processes with %s platform, supported: %s"
              .formatted(platform.format(), supported));
    }
    var name = "buildkit-qemu-" + machine(platform.architecture());
    var program = find(name);
    if (program.isEmpty()) {
      LOG.warn("exec: \"{}\": executable file not found in $PATH", name);
      return Optional.empty();
    }
    return Optional.of(copied(program.get(), name));
  }

  private static String machine(String architecture) {
    return switch (architecture) {
      case "arm64" -> "aarch64";
      case "amd64" -> "x86_64";
      case "386" -> "i386";
      case String other -> other;
    };
  }

  private Optional<Path> find(String name) {
    return Stream.of(searchPath.split(":", -1))
        .filter(place -> place.startsWith("/"))
        .map(place -> Path.of(place).resolve(name))
        .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
        .findFirst();
  }

  /** A copy that every user of a container may run, made anew when the program has changed. */
  private Path copied(Path program, String name) throws IOException {
    var copy = Files.createDirectories(folder).resolve(name);
    var changed = Files.getLastModifiedTime(program);
    if (Files.exists(copy) && Files.getLastModifiedTime(copy).equals(changed)) {
      return copy;
    }
    var fresh = Files.createTempFile(folder, name, "");
    Files.copy(program, fresh, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(fresh, changed);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r-xr-xr-x"));
    return Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
  }
}
