package org.jbuildkit.buildctl.daemon;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.cli.template.Value;
import org.jbuildkit.protocol.control.UsageRecord;
import org.jbuildkit.protocol.pb.Platform;
import org.jbuildkit.protocol.worker.BuildkitVersion;
import org.jbuildkit.protocol.worker.CDIDevice;
import org.jbuildkit.protocol.worker.GCPolicy;
import org.jbuildkit.protocol.worker.WorkerRecord;

/** A daemon's answers with the names and types that they have in Go. */
public final class GoShapes {
  private GoShapes() {}

  public static Value usage(UsageRecord record) {
    return Value.Struct.of("*client.UsageInfo")
        .field("ID", "id", Value.of(record.getID()))
        .field("Mutable", "mutable", Value.of(record.getMutable()))
        .field("InUse", "inUse", Value.of(record.getInUse()))
        .field("Size", "size", Value.of(record.getSize()))
        .field("CreatedAt", "createdAt", Value.of(instant(record.getCreatedAt())))
        .field(
            "LastUsedAt",
            "lastUsedAt",
            Value.of(
                record.hasLastUsedAt()
                    ? Optional.of(instant(record.getLastUsedAt()))
                    : Optional.empty()))
        .field("UsageCount", "usageCount", Value.of(record.getUsageCount()))
        .field("Parents", "parents", Value.ofTexts(record.getParentsList()))
        .field("Description", "description", Value.of(record.getDescription()))
        .field("RecordType", "recordType", Value.of(record.getRecordType()))
        .field("Shared", "shared", Value.of(record.getShared()))
        .build();
  }

  /** All records; a list of none is nil. */
  public static Value usages(List<UsageRecord> records) {
    return new Value.Items(
        "[]*client.UsageInfo", records.stream().map(GoShapes::usage).toList(), records.isEmpty());
  }

  public static Value workers(List<WorkerRecord> workers) {
    return new Value.Items(
        "[]*client.WorkerInfo", workers.stream().map(GoShapes::worker).toList(), workers.isEmpty());
  }

  private static Value worker(WorkerRecord worker) {
    return Value.Struct.of("*client.WorkerInfo")
        .field("ID", "id", Value.of(worker.getID()))
        .field("Labels", "labels", Value.ofMap(worker.getLabelsMap()))
        .field(
            "Platforms",
            "platforms",
            Value.of(
                "[]v1.Platform",
                worker.getPlatformsList().stream().map(GoShapes::platform).toList()))
        .field(
            "GCPolicy",
            "gcPolicy",
            Value.of(
                "[]client.PruneInfo",
                worker.getGCPolicyList().stream().map(GoShapes::rule).toList()))
        .field("BuildkitVersion", "buildkitVersion", version(worker.getBuildkitVersion()))
        .field(
            "CDIDevices",
            "cdiDevices",
            Value.of(
                "[]client.CDIDevice",
                worker.getCDIDevicesList().stream().map(GoShapes::device).toList()))
        .build();
  }

  private static Value platform(Platform platform) {
    return Value.Struct.of("v1.Platform")
        .field("Architecture", "architecture", Value.of(platform.getArchitecture()))
        .field("OS", "os", Value.of(platform.getOS()))
        .optional("OSVersion", "os.version", Value.of(platform.getOSVersion()))
        .optional("OSFeatures", "os.features", Value.ofTexts(platform.getOSFeaturesList()))
        .optional("Variant", "variant", Value.of(platform.getVariant()))
        .build();
  }

  private static Value rule(GCPolicy rule) {
    return Value.Struct.of("client.PruneInfo")
        .field("All", "all", Value.of(rule.getAll()))
        .field("Filter", "filter", Value.ofTexts(rule.getFiltersList()))
        .field("KeepDuration", "keepDuration", new Value.Period(rule.getKeepDuration()))
        .field("ReservedSpace", "reservedSpace", Value.of(rule.getReservedSpace()))
        .field("MaxUsedSpace", "maxUsedSpace", Value.of(rule.getMaxUsedSpace()))
        .field("MinFreeSpace", "minFreeSpace", Value.of(rule.getMinFreeSpace()))
        .build();
  }

  private static Value device(CDIDevice device) {
    return Value.Struct.of("client.CDIDevice")
        .field("Name", "name", Value.of(device.getName()))
        .field("AutoAllow", "autoAllow", Value.of(device.getAutoAllow()))
        .field("Annotations", "annotations", Value.ofMap(device.getAnnotationsMap()))
        .field("OnDemand", "onDemand", Value.of(device.getOnDemand()))
        .build();
  }

  private static Value version(BuildkitVersion version) {
    return Value.Struct.of("client.BuildkitVersion")
        .field("Package", "package", Value.of(version.getPackage()))
        .field("Version", "version", Value.of(version.getVersion()))
        .field("Revision", "revision", Value.of(version.getRevision()))
        .optional(
            "DockerfileVersion", "dockerfileVersion", Value.of(version.getDockerfileVersion()))
        .build();
  }

  /** What {@code debug info} has. */
  public static Value info(BuildkitVersion version) {
    return Value.Struct.of("*client.Info")
        .field("BuildkitVersion", "buildkitVersion", version(version))
        .build();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
