package org.jbuildkit.daemon.config;

import java.util.List;
import org.jbuildkit.base.BuildException;

/**
 * Settings of BuildKit that nothing in this daemon serves yet: giving one is an error. Whoever
 * builds what serves a setting takes its name out of these lists.
 */
final class Unserved {
  private static final List<String> FLAGS =
      List.of(
          "debugaddr",
          "save-cache-debug",
          "proxy-network",
          "rootless",
          "oci-worker-proxy-snapshotter-path",
          "oci-worker-rootless",
          "oci-worker-no-process-sandbox",
          "containerd-worker-addr");

  /** Keys with the tables that they are in. */
  private static final List<String> KEYS =
      List.of(
          "proxyNetwork",
          "grpc.debugAddress",
          "worker.oci.rootless",
          "worker.oci.noProcessSandbox",
          "worker.oci.proxySnapshotterPath",
          "worker.oci.stargzSnapshotter",
          "worker.oci.userRemapUnsupported",
          "cache");

  private Unserved() {}

  static void check(Settings settings) {
    for (var flag : FLAGS) {
      if (settings.flags().isSet(flag)) {
        throw refused("--" + flag);
      }
    }
    for (var key : KEYS) {
      if (isGiven(settings.file(), key)) {
        throw refused(key);
      }
    }
    checkContainerd(settings);
  }

  private static boolean isGiven(TomlSection file, String key) {
    var names = key.split("\\.", -1);
    var section = file;
    for (int i = 0; i < names.length - 1; i++) {
      section = section.section(names[i]);
    }
    return section.has(names[names.length - 1]);
  }

  private static void checkContainerd(Settings settings) {
    var containerd = settings.section("worker").section("containerd");
    if (containerd.tristate("containerd-worker", "enabled").orElse(false)) {
      throw refused("the containerd worker");
    }
    containerd.file().keys().forEach(containerd.file()::skip);
  }

  private static BuildException refused(String what) {
    return BuildException.invalid(what + " is not supported by this daemon");
  }
}
