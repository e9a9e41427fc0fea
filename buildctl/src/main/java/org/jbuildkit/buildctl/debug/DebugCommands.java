package org.jbuildkit.buildctl.debug;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.buildctl.daemon.GoShapes;
import org.jbuildkit.buildctl.daemon.OutputFormat;
import org.jbuildkit.buildctl.records.BuildRecords;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.protocol.control.InfoRequest;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Platform;
import org.jbuildkit.protocol.worker.BuildkitVersion;
import org.jbuildkit.protocol.worker.GCPolicy;
import org.jbuildkit.protocol.worker.WorkerRecord;

/** {@code buildctl debug}. */
public final class DebugCommands {
  private DebugCommands() {}

  public static Command command(Environment environment) {
    return Command.of("debug utilities", "debug")
        .commands(
            Command.of("print a marshalled build graph, from a file or standard input", "dump-llb")
                .flags(Flag.bool("print a graph for Graphviz", "dot"))
                .action(invocation -> dump(invocation, environment)),
            Command.of("print the databases of a daemon that is not running", "dump-metadata")
                .flags(
                    Flag.text("the daemon's state directory", "root")
                        .withPreset("/var/lib/buildkit"))
                .action(invocation -> {
                  MetadataDump.print(Path.of(invocation.text("root")), environment.out());
                  return 0;
                }),
            Command.of("list workers", "workers")
                .flags(
                    Flag.list("only workers that match, such as id==x", "filter", "f"),
                    Flag.bool("print all that is known", "verbose", "v"),
                    OutputFormat.FLAG)
                .action(invocation -> workers(invocation, environment)),
            Command.of("display internal information", "info")
                .flags(OutputFormat.FLAG)
                .action(invocation -> info(invocation, environment)))
        .commands(HistoryCommands.commands(environment))
        .commands(BuildRecords.list(environment));
  }

  private static int dump(Invocation invocation, Environment environment) throws IOException {
    var file = invocation.arguments().stream().findFirst().orElse("-");
    var bytes =
        file.equals("-") ? environment.in().readAllBytes() : Files.readAllBytes(Path.of(file));
    var definition = definition(bytes);
    if (invocation.flag("dot")) {
      DotGraph.print(definition, environment.out());
    } else {
      LlbDump.print(definition, environment.out());
    }
    return 0;
  }

  private static Definition definition(byte[] bytes) {
    try {
      return Definition.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      boolean cut = String.valueOf(e.getMessage()).contains("ended unexpectedly");
      throw BuildException.failed(
          cut || bytes.length == 0
              ? "unexpected EOF"
              : "proto: illegal wireType " + (bytes[0] & 7));
    }
  }

  private static int info(Invocation invocation, Environment environment)
      throws InterruptedException {
    try (var daemon = Connection.open(invocation, environment)) {
      BuildkitVersion version;
      try {
        version = daemon.control().info(InfoRequest.getDefaultInstance()).getBuildkitVersion();
      } catch (StatusRuntimeException e) {
        throw daemon.explain(e).within("failed to call info");
      }
      var format = OutputFormat.of(invocation);
      if (format.isPresent()) {
        format.get().print(GoShapes.info(version), environment.out());
        return 0;
      }
      var table = TextTable.withSpaces(environment.out());
      table.line("BuildKit:\t" + text(version));
      if (!version.getDockerfileVersion().isEmpty()) {
        table.line("Dockerfile:\t" + version.getDockerfileVersion());
      }
      table.flush();
      return 0;
    }
  }

  private static String text(BuildkitVersion version) {
    return version.getPackage() + " " + version.getVersion() + " " + version.getRevision();
  }

  private static int workers(Invocation invocation, Environment environment)
      throws InterruptedException {
    try (var daemon = Connection.open(invocation, environment)) {
      List<WorkerRecord> workers;
      try {
        workers =
            daemon
                .control()
                .listWorkers(
                    ListWorkersRequest.newBuilder().addAllFilter(invocation.list("filter")).build())
                .getRecordList();
      } catch (StatusRuntimeException e) {
        throw daemon.explain(e).within("failed to list workers");
      }
      var format = OutputFormat.of(invocation);
      if (format.isPresent()) {
        format.get().print(GoShapes.workers(workers), environment.out());
        return 0;
      }
      var table = TextTable.withTabs(environment.out());
      if (invocation.flag("verbose")) {
        workers.forEach(worker -> details(worker, table));
      } else {
        table.line("ID\tPLATFORMS");
        workers.forEach(worker -> table.line(worker.getID() + "\t" + platforms(worker)));
      }
      table.flush();
      return 0;
    }
  }

  private static String platforms(WorkerRecord worker) {
    return String.join(
        ",", worker.getPlatformsList().stream().map(DebugCommands::platform).toList());
  }

  private static String platform(Platform platform) {
    var text = platform.getOS() + "/" + platform.getArchitecture();
    return platform.getVariant().isEmpty() ? text : text + "/" + platform.getVariant();
  }

  private static void details(WorkerRecord worker, TextTable table) {
    table.line("ID:\t" + worker.getID());
    table.line("Platforms:\t" + platforms(worker));
    table.line("BuildKit:\t" + text(worker.getBuildkitVersion()));
    if (!worker.getBuildkitVersion().getDockerfileVersion().isEmpty()) {
      table.line("Dockerfile:\t" + worker.getBuildkitVersion().getDockerfileVersion());
    }
    table.line("Labels:");
    new TreeMap<>(worker.getLabelsMap())
        .forEach((key, value) -> table.line("\t" + key + ":\t" + value));
    if (worker.getCDIDevicesCount() > 0) {
      table.line("Devices:");
      for (var device : worker.getCDIDevicesList()) {
        table.line("\tName:\t" + device.getName());
        table.line(
            device.getOnDemand() ? "\tOnDemand:\ttrue" : "\tAutoAllow:\t" + device.getAutoAllow());
        new TreeMap<>(device.getAnnotationsMap())
            .forEach((key, value) -> table.line("\tAnnotations:\t" + key + ":\t" + value));
        table.line("");
      }
    }
    for (int i = 0; i < worker.getGCPolicyCount(); i++) {
      table.line("GC Policy rule#" + i + ":");
      rule(worker.getGCPolicy(i), table);
    }
    table.line("");
  }

  private static void rule(GCPolicy rule, TextTable table) {
    table.line("\tAll:\t" + rule.getAll());
    if (rule.getFiltersCount() > 0) {
      table.line("\tFilters:\t" + String.join(" ", rule.getFiltersList()));
    }
    if (rule.getKeepDuration() > 0) {
      table.line("\tKeep duration:\t" + GoValues.duration(rule.getKeepDuration()));
    }
    size("Reserved space", rule.getReservedSpace(), table);
    size("Minimum free space", rule.getMinFreeSpace(), table);
    size("Maximum used space", rule.getMaxUsedSpace(), table);
  }

  private static void size(String name, long bytes, TextTable table) {
    if (bytes > 0) {
      table.line("\t" + name + ":\t" + shortest(bytes));
    }
  }

  /** The shortest decimal form without rounding: {@code 10GB}, {@code 536.870912MB}. */
  static String shortest(long bytes) {
    var units = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
    int unit = 0;
    for (long rest = bytes; rest >= 1000 && unit < units.size() - 1; rest /= 1000) {
      unit++;
    }
    var value = java.math.BigDecimal.valueOf(bytes, unit * 3).stripTrailingZeros();
    return value.toPlainString() + units.get(unit);
  }
}
