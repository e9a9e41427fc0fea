package org.jbuildkit.daemon.config;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.cli.Flag;

/** The command line of {@code buildkitd}: its flags are BuildKit's, and {@code --idle-timeout}. */
public final class DaemonFlags {
  static final String DEFAULT_CONFIG = "/etc/buildkit/buildkitd.toml";
  static final String DEFAULT_ROOT = "/var/lib/buildkit";

  private DaemonFlags() {}

  /** All flags in the order in which help lists them. */
  public static Flag[] all() {
    var flags = new ArrayList<Flag>();
    flags.addAll(general());
    flags.addAll(ociWorker());
    flags.addAll(containerdWorker());
    flags.addAll(hidden());
    return flags.toArray(Flag[]::new);
  }

  private static List<Flag> general() {
    return List.of(
        Flag.bool("set all the default options to be compatible with rootless", "rootless"),
        Flag.text("path to config file", "config").withPreset(DEFAULT_CONFIG),
        Flag.bool("enable debug output in logs", "debug"),
        Flag.text("path to state directory", "root").withPreset(DEFAULT_ROOT),
        Flag.list("listening address (socket or tcp)", "addr"),
        Flag.text("log formatter: json or text", "log-format").withPreset("text"),
        Flag.text("least important level that is logged", "log-level").withPreset("info"),
        Flag.text("group (name or gid) which will own the sockets", "group"),
        Flag.text("debugging address", "debugaddr"),
        Flag.text("certificate file to use", "tlscert"),
        Flag.text("key file to use", "tlskey"),
        Flag.text("ca certificate to verify clients", "tlscacert"),
        Flag.list(
            "allows insecure entitlements e.g. network.host, security.insecure, device",
            "allow-insecure-entitlement"),
        Flag.bool("force proxy networking for exec steps", "proxy-network"),
        Flag.text("OTEL collector trace socket path", "otel-socket-path"),
        Flag.bool("disable CDI", "cdi-disabled"),
        Flag.list("list of CDI spec directories", "cdi-spec-dir"),
        Flag.bool("enable saving of cache debug information", "save-cache-debug"),
        Flag.of(
            Flag.Kind.DURATION,
            "end the daemon after this time without clients; 0 for never",
            "idle-timeout"),
        Flag.bool("print the version", "version", "v"));
  }

  private static List<Flag> ociWorker() {
    return List.of(
        Flag.text("enable oci workers (true/false/auto)", "oci-worker").withPreset("auto"),
        Flag.list("user-specific annotation labels (com.example.foo=bar)", "oci-worker-labels"),
        Flag.text("name of snapshotter", "oci-worker-snapshotter").withPreset("auto"),
        Flag.text("address of proxy snapshotter", "oci-worker-proxy-snapshotter-path"),
        Flag.list("override supported platforms for worker", "oci-worker-platform"),
        Flag.text("worker network type (auto, bridge, cni or host)", "oci-worker-net")
            .withPreset("auto"),
        Flag.text("path of cni config file", "oci-cni-config-path")
            .withPreset(OciWorkerConfig.Network.CNI_CONFIG),
        Flag.text("path of cni binary files", "oci-cni-binary-dir")
            .withPreset(OciWorkerConfig.Network.CNI_BINARIES),
        Flag.of(Flag.Kind.INT, "size of cni network namespace pool", "oci-cni-pool-size"),
        Flag.text("name of specified oci worker binary", "oci-worker-binary"),
        Flag.text("apparmor profile of worker containers", "oci-worker-apparmor-profile"),
        Flag.bool("apply SELinux labels", "oci-worker-selinux"),
        Flag.of(Flag.Kind.INT, "maximum number of parallel build steps", "oci-max-parallelism"),
        Flag.bool("enable rootless mode", "oci-worker-rootless"),
        Flag.bool(
            "use the host PID namespace and procfs (WARNING: allows build containers to kill (and"
                + " potentially ptrace) an arbitrary process in the host namespace)",
            "oci-worker-no-process-sandbox"),
        Flag.bool("enable automatic garbage collection on worker", "oci-worker-gc")
            .withPreset("true"),
        Flag.text(
            "amount of storage GC keeps locally, format \"Reserved[,Free[,Maximum]]\" (MB)",
            "oci-worker-gc-keepstorage"));
  }

  private static List<Flag> containerdWorker() {
    return List.of(
        Flag.text("enable containerd workers (true/false/auto)", "containerd-worker")
            .withPreset("auto"),
        Flag.text("containerd socket", "containerd-worker-addr")
            .withPreset("/run/containerd/containerd.sock"));
  }

  /** What only a program that starts the daemon needs. */
  private static List<Flag> hidden() {
    return List.of(
        Flag.bool("deprecated", "trace").asHidden(),
        Flag.text("file that tells of this daemon while it runs", "instance-file").asHidden(),
        Flag.bool("leave the session of the process that started this one", "new-session")
            .asHidden());
  }
}
