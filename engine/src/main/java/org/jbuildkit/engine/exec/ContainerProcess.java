package org.jbuildkit.engine.exec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.protocol.pb.LinuxResources;

/**
 * A process and the container around it.
 *
 * @param env complete, {@code NAME=VALUE}
 * @param cwd in the container; made if it is missing
 * @param user as in a Dockerfile's USER; empty for root
 * @param hostname empty for the default
 * @param root the root file system, which stays the caller's
 * @param mounts in the order in which they are made
 * @param devices full names of devices that it may use
 * @param removesStubParents whether folders made only to hold mount points are removed afterwards
 */
public record ContainerProcess(
    List<String> args,
    List<String> env,
    String cwd,
    String user,
    String hostname,
    Path root,
    boolean isRootReadOnly,
    List<ContainerMount> mounts,
    Network network,
    Security security,
    List<HostEntry> extraHosts,
    List<ResourceLimit> limits,
    String cgroupParent,
    Optional<LinuxResources> resources,
    List<String> devices,
    boolean removesStubParents) {
  public ContainerProcess {
    args = List.copyOf(args);
    env = List.copyOf(env);
    mounts = List.copyOf(mounts);
    extraHosts = List.copyOf(extraHosts);
    limits = List.copyOf(limits);
    devices = List.copyOf(devices);
  }

  /** The same with variables added, {@code NAME=VALUE}. */
  ContainerProcess withMoreEnv(List<String> added) {
    return with(added, List.of());
  }

  /** The same, run by a program of the host. */
  ContainerProcess emulated(Path emulator) {
    var words = new ArrayList<>(List.of(Emulation.PLACE));
    words.addAll(args);
    var all = new ArrayList<>(mounts);
    all.add(Emulation.mount(emulator));
    return with(words, env, all);
  }

  /** The same with variables and mounts added. */
  public ContainerProcess with(List<String> addedEnv, List<ContainerMount> addedMounts) {
    var variables = new ArrayList<>(env);
    variables.addAll(addedEnv);
    var all = new ArrayList<>(mounts);
    all.addAll(addedMounts);
    return with(args, variables, all);
  }

  private ContainerProcess with(List<String> args, List<String> env, List<ContainerMount> mounts) {
    return new ContainerProcess(
        args,
        env,
        cwd,
        user,
        hostname,
        root,
        isRootReadOnly,
        mounts,
        network,
        security,
        extraHosts,
        limits,
        cgroupParent,
        resources,
        devices,
        removesStubParents);
  }

  /** Which network the process sees. */
  public enum Network {
    /** What the worker is set up for. */
    DEFAULT,
    HOST,
    NONE
  }

  /** What the process may do. */
  public enum Security {
    SANDBOX,
    /** All that the daemon itself may do. */
    INSECURE
  }

  /** A line of {@code /etc/hosts}. */
  public record HostEntry(String ip, String host) {}

  /**
   * @param name in lower case, without {@code RLIMIT_}
   */
  public record ResourceLimit(String name, long soft, long hard) {}
}
