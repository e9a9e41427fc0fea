package org.jbuildkit.engine.exec;

import java.nio.file.Path;
import java.util.List;

/** Something to be seen at a place in a container. */
public sealed interface ContainerMount {
  /** Absolute path in the container. */
  String destination();

  /**
   * A folder, file or socket of the host.
   *
   * @param source stays the caller's
   * @param options as the runtime takes them
   */
  record Bind(String destination, Path source, List<String> options) implements ContainerMount {
    public Bind {
      options = List.copyOf(options);
    }

    static Bind tree(String destination, Path source, boolean readOnly) {
      return new Bind(
          destination, source, readOnly ? List.of("ro", "rbind", "ro") : List.of("rw", "rbind"));
    }
  }

  /**
   * @param size in bytes; 0 for the kernel's default
   */
  record Tmpfs(String destination, long size) implements ContainerMount {}
}
