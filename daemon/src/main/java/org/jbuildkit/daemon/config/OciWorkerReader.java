package org.jbuildkit.daemon.config;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;

/** Reads the settings of the worker that runs steps with an OCI runtime. */
final class OciWorkerReader {
  private OciWorkerReader() {}

  static OciWorkerConfig read(Settings oci) {
    if (!oci.tristate("oci-worker", "enabled").orElse(true)) {
      throw BuildException.invalid("no worker found, rebuild the buildkit daemon?");
    }
    var platforms = oci.flags().list("oci-worker-platform");
    var inFile = oci.file().texts("platforms");
    boolean rootless =
        oci.flag("oci-worker-rootless", "rootless")
            || (oci.flags().isSet("rootless") && oci.flags().flag("rootless"));
    boolean noSandbox = oci.flag("oci-worker-no-process-sandbox", "noProcessSandbox");
    if (noSandbox && !rootless) {
      throw BuildException.invalid("can't enable NoProcessSandbox without Rootless");
    }
    return new OciWorkerConfig(
        labels(oci),
        platforms.isEmpty() ? inFile : platforms,
        oci.text("oci-worker-snapshotter", "snapshotter", "auto"),
        oci.text("oci-worker-binary", "binary", ""),
        network(oci),
        oci.number("oci-max-parallelism", "max-parallelism"),
        oci.file().text("defaultCgroupParent").orElse(""),
        oci.text("oci-worker-apparmor-profile", "apparmor-profile", ""),
        oci.flag("oci-worker-selinux", "selinux"),
        noSandbox,
        rootless,
        GcReader.read(oci));
  }

  private static SequencedMap<String, String> labels(Settings oci) {
    var labels = new LinkedHashMap<>(oci.file().textMap("labels"));
    for (var label : oci.flags().list("oci-worker-labels")) {
      int equals = label.indexOf('=');
      if (equals < 0) {
        throw BuildException.invalid("invalid value " + label);
      }
      labels.put(label.substring(0, equals), label.substring(equals + 1));
    }
    return labels;
  }

  private static OciWorkerConfig.Network network(Settings oci) {
    var preset = OciWorkerConfig.Network.DEFAULT;
    return new OciWorkerConfig.Network(
        OciWorkerConfig.Mode.parse(oci.text("oci-worker-net", "networkMode", "auto")),
        oci.text("oci-cni-config-path", "cniConfigPath", preset.cniConfigPath()),
        oci.text("oci-cni-binary-dir", "cniBinaryPath", preset.cniBinaryPath()),
        oci.number("oci-cni-pool-size", "cniPoolSize"),
        oci.file().text("bridgeName").orElse(preset.bridgeName()),
        oci.file().text("bridgeSubnet").orElse(preset.bridgeSubnet()));
  }
}
