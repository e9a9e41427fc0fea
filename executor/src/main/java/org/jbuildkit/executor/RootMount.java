package org.jbuildkit.executor;

import java.io.IOException;
import java.util.List;
import org.jbuildkit.linux.MountEntry;

/**
 * What to do where our root folder is no mount point, as after a plain {@code chroot}: runtimes
 * change the propagation of {@code /} and refuse to work there. They then get a mount namespace in
 * which the folder is mounted on itself.
 *
 * <p>{@code ..} of the root folder leads onto the mount that lies on it; the path {@code /} does
 * not. A mount that would show outside of the namespace is taken back at once.
 */
final class RootMount {
  private static final String SCRIPT =
      """
      mount --rbind / / && cd -P /.. || exit 1
      if chroot . grep -q ' / [^ ]* shared:' /proc/self/mountinfo; then
        umount -l .
        echo "the root folder is no mount point, and what it lies on is a shared mount:" \\
          "bind the folder to itself before chroot" >&2
        exit 1
      fi
      exec chroot . "$@"
      """;

  private RootMount() {}

  /** Words to be put before a runtime's. */
  static List<String> prefix() throws IOException {
    boolean isMounted =
        MountEntry.current().stream().anyMatch(mount -> mount.mountPoint().toString().equals("/"));
    return isMounted
        ? List.of()
        : List.of("unshare", "--mount", "--propagation", "unchanged", "sh", "-c", SCRIPT, "sh");
  }
}
