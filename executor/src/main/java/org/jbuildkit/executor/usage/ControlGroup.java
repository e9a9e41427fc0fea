package org.jbuildkit.executor.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.usage.SystemUsage;

/** The control group of a container. */
public sealed interface ControlGroup permits UnifiedGroup, SplitGroup {

  /**
   * Finds the group of a document.
   *
   * @param root where groups are mounted
   * @param path as a container's document has it; empty for those that systemd makes
   */
  static Optional<ControlGroup> of(Path root, int version, String path) {
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    var relative = path.substring(1);
    return Optional.of(
        version == 2 ? new UnifiedGroup(root.resolve(relative)) : new SplitGroup(root, relative));
  }

  /**
   * What the group uses now.
   *
   * @param timestamp of the sample
   * @return nothing if the group is not there
   */
  Optional<Json> sample(String timestamp);

  /** How many processes of the group were killed for want of memory; 0 if that is not known. */
  long memoryKills();

  /** The text of a file; empty if it can't be read. */
  static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** The numbers of a file by the words in front of them. */
  static Map<String, Long> numbers(Path file) {
    return text(file).map(SystemUsage::numbers).orElse(Map.of());
  }

  /** A file that is one number. */
  static OptionalLong number(Path file) {
    var text = text(file).map(String::strip).orElse("");
    return text.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /** Adds a part unless there is nothing in it. */
  static void putUnlessEmpty(Json.ObjBuilder json, String name, Json.ObjBuilder part) {
    var built = part.build();
    if (!built.members().isEmpty()) {
      json.put(name, built);
    }
  }
}
