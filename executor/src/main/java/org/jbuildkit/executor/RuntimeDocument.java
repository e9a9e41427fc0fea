package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.executor.device.DeviceEdits;
import org.jbuildkit.executor.network.StepNetwork;
import org.jbuildkit.protocol.pb.LinuxResources;

/**
 * The {@code config.json} of a container, as the OCI runtime specification has it, with BuildKit's
 * defaults ({@code executor/oci/spec.go}).
 *
 * @param id of the container
 * @param etcFiles come before the process's own mounts
 * @param lastFiles come after them
 * @param devices what devices change, but for variables and mounts
 */
record RuntimeDocument(
    String id,
    ContainerProcess process,
    ContainerUser user,
    StepNetwork network,
    Host host,
    List<ContainerMount> etcFiles,
    List<ContainerMount> lastFiles,
    DeviceEdits devices,
    boolean hasTerminal) {
  /**
   * What is the same for all containers.
   *
   * @param cgroupParent empty for our own
   * @param cgroupVersion 1 or 2
   * @param own what the daemon itself may do
   */
  record Host(
      String cgroupParent,
      int cgroupVersion,
      List<Capability> own,
      boolean isSeccompSupported,
      SecurityLabels labels) {
    Host {
      own = List.copyOf(own);
    }

    static Host of(String cgroupParent, SecurityLabels labels) throws IOException {
      return new Host(
          cgroupParent,
          Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? 2 : 1,
          Capability.own(),
          SeccompProfile.isSupported(),
          labels);
    }
  }

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/sys/firmware",
          "/sys/devices/virtual/powercap",
          "/proc/scsi");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private boolean isInsecure() {
    return process.security() == ContainerProcess.Security.INSECURE;
  }

  /** The document's bytes. */
  byte[] bytes() throws IOException {
    var none = Optional.<SecurityLabels.Selinux>empty();
    var selinux = isInsecure() ? none : host.labels().containerLabels();
    var labels =
        new ProcessDocument.Labels(
            isInsecure() ? Optional.empty() : host.labels().profile(),
            selinux.map(SecurityLabels.Selinux::process));
    var document =
        Json.object()
            .put("ociVersion", "1.0.2")
            .put(
                "process",
                new ProcessDocument(host.own())
                    .of(process, user.with(devices.groups()), hasTerminal, labels))
            .put(
                "root",
                Json.object()
                    .put("path", process.root().toString())
                    .putUnlessFalse("readonly", process.isRootReadOnly())
                    .build())
            .put("hostname", process.hostname().isEmpty() ? "buildkitsandbox" : process.hostname())
            .put("mounts", mounts());
    if (!devices.hooks().isEmpty()) {
      document.put("hooks", hooks());
    }
    return document
        .put("linux", linux(selinux.map(SecurityLabels.Selinux::mount)))
        .build()
        .write()
        .getBytes(StandardCharsets.UTF_8);
  }

  /** By the moment when the runtime calls them. */
  private Json hooks() {
    var byMoment = new LinkedHashMap<String, List<Json>>();
    for (var hook : devices.hooks()) {
      byMoment.computeIfAbsent(hook.moment(), _ -> new ArrayList<>()).add(hook.hook());
    }
    var json = Json.object();
    byMoment.forEach((moment, hooks) -> json.put(moment, new Json.Arr(hooks)));
    return json.build();
  }

  /** A later mount at the same place takes the earlier one's turn. */
  private Json mounts() {
    var mounts = new LinkedHashMap<String, Json>();
    addSystemMounts(mounts);
    etcFiles.forEach(mount -> mounts.put(mount.destination(), mount(mount)));
    mounts.put(
        "/sys/fs/cgroup",
        mount("/sys/fs/cgroup", "cgroup", "cgroup", sysAccess(), "nosuid", "noexec", "nodev"));
    process.mounts().forEach(mount -> mounts.put(mount.destination(), mount(mount)));
    lastFiles.forEach(mount -> mounts.put(mount.destination(), mount(mount)));
    return new Json.Arr(List.copyOf(mounts.values()));
  }

  private void addSystemMounts(LinkedHashMap<String, Json> mounts) {
    mounts.put("/proc", mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
    mounts.put(
        "/dev",
        mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
    mounts.put(
        "/dev/pts",
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620",
            "gid=5"));
    mounts.put(
        "/dev/shm",
        mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"));
    mounts.put(
        "/dev/mqueue", mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
    mounts.put("/sys", mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", sysAccess()));
  }

  private String sysAccess() {
    return isInsecure() ? "rw" : "ro";
  }

  private static Json mount(ContainerMount mount) {
    return switch (mount) {
      case ContainerMount.Bind(var destination, var source, var options) ->
          mount(destination, "bind", source.toString(), options.toArray(String[]::new));
      case ContainerMount.Tmpfs(var destination, var size) ->
          size > 0
              ? mount(destination, "tmpfs", "tmpfs", "nosuid", "size=" + size)
              : mount(destination, "tmpfs", "tmpfs", "nosuid");
    };
  }

  private static Json mount(String destination, String type, String source, String... options) {
    return Json.object()
        .put("destination", destination)
        .put("type", type)
        .put("source", source)
        .put("options", Json.ofTexts(List.of(options)))
        .build();
  }

  private Json linux(Optional<String> mountLabel) throws IOException {
    var namespaces = new ArrayList<Json>();
    for (var kind : List.of("pid", "ipc", "uts", "mount")) {
      namespaces.add(Json.object().put("type", kind).build());
    }
    switch (network) {
      case StepNetwork.Host() -> {}
      case StepNetwork.Empty() -> namespaces.add(Json.object().put("type", "network").build());
      case StepNetwork.Joined(var file) ->
          namespaces.add(Json.object().put("type", "network").put("path", file.toString()).build());
    }
    if (host.cgroupVersion() == 2) {
      namespaces.add(Json.object().put("type", "cgroup").build());
    }
    var linux =
        Json.object()
            .put("resources", resources())
            .put("cgroupsPath", controlGroup())
            .put("namespaces", new Json.Arr(namespaces));
    mountLabel.ifPresent(label -> linux.put("mountLabel", label));
    if (isInsecure()) {
      return linux.put("devices", new Json.Arr(nodes(new HostDevices().nodes()))).build();
    }
    if (!devices.nodes().isEmpty()) {
      linux.put("devices", new Json.Arr(nodes(List.of())));
    }
    if (host.isSeccompSupported()) {
      linux.put("seccomp", SeccompProfile.document(architecture()));
    }
    return linux
        .put("maskedPaths", Json.ofTexts(MASKED))
        .put("readonlyPaths", Json.ofTexts(READ_ONLY))
        .build();
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "aarch64" -> "arm64";
      case String other -> other;
    };
  }

  /** Whether the process can be killed for want of memory of its own. */
  boolean limitsMemory() {
    return process.resources().filter(limits -> limits.getMemory() > 0).isPresent();
  }

  /** The container's group, as a path below where groups are mounted, or as systemd names it. */
  String controlGroup() {
    var parent = process.cgroupParent().isEmpty() ? host.cgroupParent() : process.cgroupParent();
    return cgroupsPath(parent, id);
  }

  /** Where a container's processes are counted. */
  static String cgroupsPath(String parent, String id) {
    if (parent.contains(".slice") && parent.endsWith(":")) {
      return parent + id;
    }
    var cleaned = Path.of("/" + parent).normalize();
    return cleaned.resolve("buildkit").resolve(id).toString();
  }

  private Json resources() {
    var out = Json.object().put("devices", deviceRules());
    process.resources().ifPresent(limits -> addLimits(out, limits));
    return out.build();
  }

  private static void addLimits(Json.ObjBuilder out, LinuxResources limits) {
    if (limits.getMemory() != 0 || limits.getMemorySwap() != 0) {
      out.put(
          "memory",
          Json.object()
              .putUnlessZero("limit", limits.getMemory())
              .putUnlessZero("swap", limits.getMemorySwap())
              .build());
    }
    boolean hasCpu =
        limits.getCpuShares() != 0
            || limits.getCpuQuota() != 0
            || limits.getCpuPeriod() != 0
            || !limits.getCpusetCpus().isEmpty()
            || !limits.getCpusetMems().isEmpty();
    if (hasCpu) {
      out.put(
          "cpu",
          Json.object()
              .putUnlessZero("shares", limits.getCpuShares())
              .putUnlessZero("quota", limits.getCpuQuota())
              .putUnlessZero("period", limits.getCpuPeriod())
              .putUnlessEmpty("cpus", limits.getCpusetCpus())
              .putUnlessEmpty("mems", limits.getCpusetMems())
              .build());
    }
  }

  private List<Json> nodes(List<Json> first) {
    var all = new ArrayList<>(first);
    devices.nodes().forEach(node -> all.add(node.node()));
    return all;
  }

  private Json deviceRules() {
    var rules = new ArrayList<Json>();
    if (isInsecure()) {
      rules.addAll(List.of(allow("c"), allow("b")));
    } else {
      rules.add(Json.object().put("allow", false).put("access", "rwm").build());
    }
    devices.nodes().forEach(node -> rules.add(node.rule()));
    return new Json.Arr(rules);
  }

  private static Json allow(String type) {
    return Json.object().put("allow", true).put("type", type).put("access", "rwm").build();
  }
}
