package org.jbuildkit.daemon.config;

import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.base.BuildException;

/**
 * The devices that steps may ask for.
 *
 * @param folders of the files that describe them; none where they are switched off
 * @param autoAllowed devices or kinds that any build may use
 */
public record DevicesConfig(List<Path> folders, List<String> autoAllowed) {
  private static final List<String> FOLDERS =
      List.of("/etc/cdi", "/var/run/cdi", "/etc/buildkit/cdi");

  static final DevicesConfig NONE = new DevicesConfig(List.of(), List.of());

  public DevicesConfig {
    folders = List.copyOf(folders);
    autoAllowed = List.copyOf(autoAllowed);
  }

  /**
   * @throws BuildException {@code no CDI specification directories specified}
   */
  static DevicesConfig read(Settings cdi) {
    boolean isOff = cdi.flag("cdi-disabled", "disabled");
    var given = cdi.texts("cdi-spec-dir", "specDirs");
    boolean isGiven = !given.isEmpty() || cdi.file().has("specDirs");
    var allowed = cdi.file().texts("autoAllowed");
    if (isOff) {
      return NONE;
    }
    if (isGiven && given.isEmpty()) {
      throw BuildException.invalid("no CDI specification directories specified");
    }
    var folders = isGiven ? given : FOLDERS;
    return new DevicesConfig(folders.stream().map(Path::of).toList(), allowed);
  }
}
