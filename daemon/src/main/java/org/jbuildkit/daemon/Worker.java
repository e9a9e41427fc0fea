package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.executor.OciExecutor;
import org.jbuildkit.executor.platform.RunnablePlatforms;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.protocol.worker.BuildkitVersion;
import org.jbuildkit.protocol.worker.CDIDevice;
import org.jbuildkit.protocol.worker.GCPolicy;
import org.jbuildkit.protocol.worker.WorkerRecord;

/**
 * What clients are told of the daemon's one worker.
 *
 * @param fixed all but the platforms, which are looked for while it runs
 */
record Worker(WorkerRecord fixed, RunnablePlatforms platforms, OciExecutor executor) {
  /** The version that this daemon is compatible with, and our own. */
  static final String VERSION = "v0.32.2+jbuildkit.0.1.0";

  /** The Dockerfile language's, whose next release has not been made. */
  static final String DOCKERFILE_VERSION = "1.26.0-dev";

  private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");
  private static final String WARNING = "org.jbuildkit.worker.runtime.warning";
  private static final String LABEL = "org.mobyproject.buildkit.worker.";

  /** The worker's id is made once and kept in the root folder. */
  static Worker describe(
      DaemonConfig config,
      String network,
      String snapshotter,
      List<GCPolicy> collection,
      RunnablePlatforms platforms,
      OciExecutor executor)
      throws IOException {
    var idFile = config.root().resolve("workerid");
    if (!Files.exists(idFile)) {
      Files.writeString(idFile, RandomId.next());
    }
    var record =
        WorkerRecord.newBuilder()
            .setID(Files.readString(idFile).trim())
            .putLabels(LABEL + "executor", "oci")
            .putLabels(LABEL + "snapshotter", snapshotter)
            .putLabels(LABEL + "hostname", Files.readString(HOSTNAME).trim())
            .putLabels(LABEL + "network", network)
            .putLabels(LABEL + "oci.process-mode", "sandbox")
            .putLabels(LABEL + "selinux.enabled", Boolean.toString(config.ociWorker().selinux()))
            .putAllLabels(apparmor(config.ociWorker().apparmorProfile()))
            .putAllLabels(config.ociWorker().labels())
            .addAllGCPolicy(collection)
            .setBuildkitVersion(
                BuildkitVersion.newBuilder()
                    .setPackage("github.com/moby/buildkit")
                    .setVersion(VERSION)
                    .setDockerfileVersion(DOCKERFILE_VERSION))
            .build();
    return new Worker(record, platforms, executor);
  }

  private static Map<String, String> apparmor(String profile) {
    return profile.isEmpty() ? Map.of() : Map.of(LABEL + "apparmor.profile", profile);
  }

  String id() {
    return fixed.getID();
  }

  /** With the platforms that are known now. */
  WorkerRecord current() throws IOException, InterruptedException {
    var all = platforms.told().stream().map(Ops::platform).toList();
    var current = fixed.toBuilder().addAllPlatforms(all);
    for (var device : executor.devices().list()) {
      current.addCDIDevices(
          CDIDevice.newBuilder()
              .setName(device.name())
              .setAutoAllow(device.isFree())
              .putAllAnnotations(device.annotations()));
    }
    executor.advice().warning().ifPresent(text -> current.putLabels(WARNING, text));
    return current.build();
  }

  /** The record as JSON, as frontends in containers read it. */
  static Json json(WorkerRecord worker) {
    var labels = Json.object();
    new TreeMap<>(worker.getLabelsMap()).forEach(labels::put);
    var platforms =
        worker.getPlatformsList().stream()
            .<Json>map(platform ->
                Json.object()
                    .put("architecture", platform.getArchitecture())
                    .put("os", platform.getOS())
                    .putUnlessEmpty("variant", platform.getVariant())
                    .build())
            .toList();
    var version = worker.getBuildkitVersion();
    var record =
        Json.object()
            .put("id", worker.getID())
            .put("labels", labels.build())
            .put("platforms", new Json.Arr(platforms))
            .put("gcPolicy", new Json.Null())
            .put(
                "buildkitVersion",
                Json.object()
                    .put("package", version.getPackage())
                    .put("version", version.getVersion())
                    .put("revision", version.getRevision())
                    .put("dockerfileVersion", version.getDockerfileVersion())
                    .build())
            .put("cdiDevices", new Json.Null())
            .build();
    return new Json.Arr(List.of(record));
  }
}
