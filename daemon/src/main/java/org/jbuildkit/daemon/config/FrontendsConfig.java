package org.jbuildkit.daemon.config;

import java.util.List;

/**
 * Which frontends there are.
 *
 * @param dockerfile whether the built-in language is there
 * @param gateway whether images may be frontends
 * @param allowedRepositories of such images; none for all
 * @param runsOwnImages whether images that hold the built-in language are fetched and run too
 */
public record FrontendsConfig(
    boolean dockerfile, boolean gateway, List<String> allowedRepositories, boolean runsOwnImages) {
  static final FrontendsConfig ALL = new FrontendsConfig(true, true, List.of(), false);

  public FrontendsConfig {
    allowedRepositories = List.copyOf(allowedRepositories);
  }

  /** Reads the table of frontends. */
  static FrontendsConfig read(TomlSection frontends) {
    var dockerfile = frontends.section("dockerfile.v0");
    var gateway = frontends.section("gateway.v0");
    return new FrontendsConfig(
        dockerfile.flag("enabled").orElse(true),
        gateway.flag("enabled").orElse(true),
        gateway.texts("allowedRepositories"),
        dockerfile.flag("runOwnImages").orElse(false));
  }
}
