package org.jbuildkit.daemon.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;

/**
 * The worker that runs steps with an OCI runtime.
 *
 * @param labels are added to the worker's own
 * @param platforms in specifier syntax; empty if they are to be detected
 * @param snapshotter {@code auto} or a name
 * @param binary the OCI runtime; empty if it is to be searched for
 * @param maxParallelism of steps; 0 for no limit
 * @param cgroupParent empty for the runtime's own
 * @param apparmorProfile empty for none
 */
public record OciWorkerConfig(
    SequencedMap<String, String> labels,
    List<String> platforms,
    String snapshotter,
    String binary,
    Network network,
    int maxParallelism,
    String cgroupParent,
    String apparmorProfile,
    boolean selinux,
    boolean noProcessSandbox,
    boolean rootless,
    GcConfig gc) {

  static final OciWorkerConfig DEFAULT =
      new OciWorkerConfig(
          new LinkedHashMap<>(),
          List.of(),
          "auto",
          "",
          Network.DEFAULT,
          0,
          "",
          "",
          false,
          false,
          false,
          GcConfig.DEFAULT);

  public OciWorkerConfig {
    labels = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(labels));
    platforms = List.copyOf(platforms);
  }

  /**
   * The network of steps that ask for none in particular.
   *
   * @param cniPoolSize namespaces that are made in advance
   */
  public record Network(
      Mode mode,
      String cniConfigPath,
      String cniBinaryPath,
      int cniPoolSize,
      String bridgeName,
      String bridgeSubnet) {
    static final String CNI_CONFIG = "/etc/buildkit/cni.json";
    static final String CNI_BINARIES = "/opt/cni/bin";
    static final String BRIDGE = "buildkit0";
    static final String SUBNET = "10.10.0.0/16";
    static final Network DEFAULT =
        new Network(Mode.AUTO, CNI_CONFIG, CNI_BINARIES, 0, BRIDGE, SUBNET);
  }

  /** How steps get a network. */
  public enum Mode {
    AUTO,
    HOST,
    NONE,
    CNI,
    BRIDGE;

    static Mode parse(String text) {
      return switch (text) {
        case "", "auto" -> AUTO;
        case "host" -> HOST;
        case "none" -> NONE;
        case "cni" -> CNI;
        case "bridge" -> BRIDGE;
        default -> throw BuildException.invalid("invalid network mode: \"" + text + "\"");
      };
    }

    /** As in flags and files. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
