package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.oci.Platform;

/** Knows how programs of other machines are run. */
@FunctionalInterface
public interface Emulation {
  /** Where a step sees its emulator. */
  String PLACE = "/dev/.buildkit_qemu_emulator";

  /** Everything is left to the kernel. */
  Emulation NONE = _ -> Optional.empty();

  /**
   * The program that runs a platform's programs; empty if the kernel runs them itself, or if there
   * is no such program: then the step is tried as it is.
   *
   * @throws org.jbuildkit.base.BuildException {@code no support for running processes with …}
   */
  Optional<Path> emulator(Platform platform) throws IOException, InterruptedException;

  /** The emulator as a step sees it. */
  static ContainerMount mount(Path emulator) {
    return new ContainerMount.Bind(PLACE, emulator, List.of("ro", "rbind", "ro"));
  }
}
