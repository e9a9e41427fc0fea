package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.linux.MountEntry;

/**
 * What to do where our root folder is no mount point, as after a plain {@code chroot}: runtimes
 * change the propagation of {@code /} and refuse to work there. They then get a mount namespace in
 * which the folder is mounted on itself.
 *
 * <p>That is only done where the mount that the folder lies on shares nothing: else the new mount
 * would show outside of the namespace. The mount itself can't be seen from below it, but the first
 * process of the machine sees it.
 */
final class RootMount {
  /** {@code ..} of the root folder leads onto the mount that lies on it; {@code /} does not. */
  private static final String SCRIPT = "mount --rbind / / && cd -P /.. && exec chroot . \"$@\"";

  private static final Path FIRST_PROCESS = Path.of("/proc/1/mountinfo");
  private static final int FIRST_OPTIONAL_FIELD = 6;

  private RootMount() {}

  /** Words to be put before a runtime's. */
  static List<String> prefix() throws IOException {
    var seen = MountEntry.current();
    boolean isMounted = seen.stream().anyMatch(mount -> mount.mountPoint().toString().equals("/"));
    if (isMounted || !isPrivate(seen)) {
      return List.of();
    }
    return List.of("unshare", "--mount", "--propagation", "unchanged", "sh", "-c", SCRIPT, "sh");
  }

  private static boolean isPrivate(List<MountEntry> seen) throws IOException {
    var ids = new HashSet<Integer>();
    seen.forEach(mount -> ids.add(mount.id()));
    var below = seen.stream().map(MountEntry::parent).filter(id -> !ids.contains(id)).findFirst();
    return below.isPresent()
        && Files.isReadable(FIRST_PROCESS)
        && isPrivate(below.get(), Files.readAllLines(FIRST_PROCESS));
  }

  /** Whether the mount of this id is listed, without a group that it shares its mounts with. */
  static boolean isPrivate(int id, List<String> mounts) {
    return mounts.stream()
        .map(line -> List.of(line.split(" ", -1)))
        .filter(fields -> fields.getFirst().equals(Integer.toString(id)))
        .findFirst()
        .flatMap(RootMount::optionalFields)
        .filter(fields -> fields.stream().noneMatch(field -> field.startsWith("shared:")))
        .isPresent();
  }

  private static Optional<List<String>> optionalFields(List<String> fields) {
    int end = fields.indexOf("-");
    return end < FIRST_OPTIONAL_FIELD
        ? Optional.empty()
        : Optional.of(fields.subList(FIRST_OPTIONAL_FIELD, end));
  }
}
