package org.jbuildkit.protocol.keys;

/** Labels that a worker carries. */
public final class WorkerLabels {
  public static final String EXECUTOR = "org.mobyproject.buildkit.worker.executor";

  public static final String SNAPSHOTTER = "org.mobyproject.buildkit.worker.snapshotter";

  public static final String HOSTNAME = "org.mobyproject.buildkit.worker.hostname";

  public static final String NETWORK = "org.mobyproject.buildkit.worker.network";

  public static final String APPARMOR_PROFILE = "org.mobyproject.buildkit.worker.apparmor.profile";

  public static final String SELINUX_ENABLED = "org.mobyproject.buildkit.worker.selinux.enabled";

  public static final String OCI_PROCESS_MODE = "org.mobyproject.buildkit.worker.oci.process-mode";

  public static final String CONTAINERD_UUID = "org.mobyproject.buildkit.worker.containerd.uuid";

  public static final String CONTAINERD_NAMESPACE =
      "org.mobyproject.buildkit.worker.containerd.namespace";

  public static final String HOST_GATEWAY_IP =
      "org.mobyproject.buildkit.worker.moby.host-gateway-ip";

  private WorkerLabels() {}
}
