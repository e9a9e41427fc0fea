package org.jbuildkit.buildctl.debug;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.progress.ProgressHeading;
import org.jbuildkit.client.progress.ProgressPrinter;
import org.jbuildkit.protocol.content.ContentGrpc;
import org.jbuildkit.protocol.content.InfoRequest;
import org.jbuildkit.protocol.content.ReadContentRequest;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.BuildResultInfo;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.control.UpdateBuildHistoryRequest;

/**
 * The debug commands on builds that were: {@code monitor}, {@code logs}, {@code ctl}, {@code get}.
 */
final class HistoryCommands {
  private final Environment environment;

  private HistoryCommands(Environment environment) {
    this.environment = environment;
  }

  static Command[] commands(Environment environment) {
    var commands = new HistoryCommands(environment);
    return new Command[] {
      Command.of("print builds as they begin and end", "monitor")
          .flags(
              Flag.bool("also builds that have ended", "completed"),
              Flag.text("only this build", "ref"))
          .action(commands::monitor),
      Command.of("print the progress of a build that was", "logs")
          .flags(
              Flag.text("how progress is shown, as for build", "progress").withPreset("auto"),
              Flag.bool("print the recorded trace instead", "trace"))
          .action(commands::logs),
      Command.of("pin, unpin or delete the record of a build", "ctl")
          .flags(
              Flag.bool("keep the record until it is unpinned", "pin"),
              Flag.bool("let the record go in time", "unpin"),
              Flag.bool("remove the record now", "delete"))
          .action(commands::control),
      Command.of("print one of the daemon's blobs", "get").action(commands::get),
    };
  }

  private static String ref(Invocation invocation) {
    return invocation.arguments().stream()
        .findFirst()
        .orElseThrow(() -> BuildException.failed("build ref must be specified"));
  }

  private int monitor(Invocation invocation) throws InterruptedException {
    try (var daemon = Connection.open(invocation, environment)) {
      try {
        var events =
            daemon
                .control()
                .listenBuildHistory(
                    BuildHistoryRequest.newBuilder()
                        .setActiveOnly(!invocation.flag("completed"))
                        .setRef(invocation.text("ref"))
                        .build());
        while (events.hasNext()) {
          print(events.next(), environment.out());
        }
      } catch (StatusRuntimeException e) {
        throw daemon.explainStream(e);
      }
      throw BuildException.failed("EOF");
    }
  }

  private static void print(BuildHistoryEvent event, PrintStream out) {
    var record = event.getRecord();
    out.println("event: " + event.getType() + " ref:" + record.getRef());
    if (record.getNumTotalSteps() > 0) {
      out.println("  cache: " + record.getNumCachedSteps() + "/" + record.getNumTotalSteps());
    }
    if (record.getNumWarnings() > 0) {
      out.println("  warnings: " + record.getNumWarnings());
    }
    if (record.hasLogs()) {
      out.println("  logs: " + text(record.getLogs()));
    }
    if (record.hasTrace()) {
      out.println("  trace: " + text(record.getTrace()));
    }
    if (record.hasResult()) {
      print("", record.getResult(), out);
    }
    new TreeMap<>(record.getResultsMap())
        .forEach((key, result) -> print("[" + key + "] ", result, out));
    out.flush();
  }

  private static void print(String lead, BuildResultInfo result, PrintStream out) {
    if (result.hasResultDeprecated()) {
      out.println("  " + lead + "descriptor: " + text(result.getResultDeprecated()));
    }
    new TreeMap<>(result.getResultsMap())
        .forEach((_, descriptor) -> out.println("  " + lead + "descriptor: " + text(descriptor)));
    for (var attestation : result.getAttestationsList()) {
      out.println("  " + lead + "attestation: " + text(attestation));
    }
  }

  private static String text(Message message) {
    return TextFormat.printer().emittingSingleLine(true).printToString(message).strip();
  }

  private int logs(Invocation invocation) throws InterruptedException {
    var ref = ref(invocation);
    try (var daemon = Connection.open(invocation, environment)) {
      if (invocation.flag("trace")) {
        trace(daemon, ref);
        return 0;
      }
      try (var progress =
          ProgressPrinter.start(
              invocation.text("progress"),
              environment.out(),
              1,
              ProgressHeading.NONE,
              environment.variables())) {
        var updates = daemon.control().status(StatusRequest.newBuilder().setRef(ref).build());
        while (updates.hasNext()) {
          progress.add(updates.next());
        }
      } catch (StatusRuntimeException e) {
        throw daemon.explainStream(e);
      }
      return 0;
    }
  }

  private void trace(DaemonConnection daemon, String ref) {
    try {
      var events =
          daemon
              .control()
              .listenBuildHistory(
                  BuildHistoryRequest.newBuilder().setRef(ref).setEarlyExit(true).build());
      if (!events.hasNext()) {
        throw BuildException.failed("ref " + ref + " not found");
      }
      var record = events.next().getRecord();
      if (!record.hasTrace()) {
        throw BuildException.failed("ref " + ref + " does not have trace");
      }
      copyBlob(daemon, record.getTrace().getDigest());
    } catch (StatusRuntimeException e) {
      throw daemon.explainStream(e);
    }
  }

  private int get(Invocation invocation) throws InterruptedException {
    var digest =
        invocation.arguments().stream()
            .findFirst()
            .orElseThrow(() -> BuildException.failed("blob digest must be specified"));
    if (Digest.tryParse(digest).isEmpty()) {
      throw BuildException.failed("invalid checksum digest format");
    }
    try (var daemon = Connection.open(invocation, environment)) {
      copyBlob(daemon, digest);
      return 0;
    }
  }

  private void copyBlob(DaemonConnection daemon, String digest) {
    var content = ContentGrpc.newBlockingStub(daemon.channel());
    long size;
    try {
      size = content.info(InfoRequest.newBuilder().setDigest(digest).build()).getInfo().getSize();
    } catch (StatusRuntimeException e) {
      throw daemon.explain(e);
    }
    long copied = 0;
    try {
      var pieces = content.read(ReadContentRequest.newBuilder().setDigest(digest).build());
      while (pieces.hasNext()) {
        var bytes = pieces.next().getData().toByteArray();
        environment.out().writeBytes(bytes);
        copied += bytes.length;
      }
    } catch (StatusRuntimeException e) {
      throw daemon.explainStream(e);
    }
    environment.out().flush();
    if (copied != size) {
      throw BuildException.failed("unexpected EOF");
    }
  }

  private int control(Invocation invocation) throws InterruptedException {
    var ref = ref(invocation);
    boolean pin = invocation.flag("pin");
    boolean unpin = invocation.flag("unpin");
    boolean delete = invocation.flag("delete");
    if (!pin && !unpin && !delete) {
      throw BuildException.failed("must specify one of --pin, --unpin, --delete");
    }
    if (pin && unpin) {
      throw BuildException.failed("cannot specify both --pin and --unpin");
    }
    if (delete && (pin || unpin)) {
      throw BuildException.failed("cannot specify --delete with --pin or --unpin");
    }
    try (var daemon = Connection.open(invocation, environment)) {
      var request =
          UpdateBuildHistoryRequest.newBuilder().setRef(ref).setPinned(pin).setDelete(delete);
      try {
        var _ = daemon.control().updateBuildHistory(request.build());
        return 0;
      } catch (StatusRuntimeException e) {
        throw daemon.explain(e);
      }
    }
  }
}
