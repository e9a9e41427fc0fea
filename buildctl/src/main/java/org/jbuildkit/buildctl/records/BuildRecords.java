package org.jbuildkit.buildctl.records;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.buildctl.daemon.MessageValue;
import org.jbuildkit.buildctl.daemon.OutputFormat;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.UpdateBuildHistoryRequest;

/** {@code buildctl debug histories} and {@code buildctl prune-histories}. */
public final class BuildRecords {
  private static final String HEADER = "TYPE\tREF\tCREATED\tCOMPLETED\tGENERATION";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX");

  private final Environment environment;

  private BuildRecords(Environment environment) {
    this.environment = environment;
  }

  public static Command list(Environment environment) {
    return Command.of("list build records", "histories")
        .flags(OutputFormat.FLAG)
        .action(invocation -> new BuildRecords(environment).list(invocation));
  }

  public static Command prune(Environment environment) {
    return Command.of("delete the records of builds", "prune-histories")
        .flags(OutputFormat.FLAG)
        .action(invocation -> new BuildRecords(environment).prune(invocation));
  }

  private int list(Invocation invocation) throws InterruptedException {
    try (var daemon = Connection.open(invocation, environment)) {
      print(daemon, invocation, HEADER + "\tPINNED", true, _ -> true);
      return 0;
    }
  }

  private int prune(Invocation invocation) throws InterruptedException {
    var failures = new ArrayList<String>();
    try (var daemon = Connection.open(invocation, environment)) {
      print(
          daemon,
          invocation,
          HEADER,
          false,
          event -> {
            if (!event.hasRecord() || event.getRecord().getPinned()) {
              return false;
            }
            var failure = delete(daemon, event.getRecord().getRef());
            failure.ifPresent(failures::add);
            return failure.isEmpty();
          });
    }
    if (!failures.isEmpty()) {
      throw BuildException.failed(String.join("\n", failures));
    }
    return 0;
  }

  private static Optional<String> delete(DaemonConnection daemon, String ref) {
    try {
      var _ =
          daemon
              .control()
              .updateBuildHistory(
                  UpdateBuildHistoryRequest.newBuilder().setRef(ref).setDelete(true).build());
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      return Optional.of(BuildException.describe(daemon.explain(e)));
    }
  }

  /** Prints each record as it comes, if {@code wanted} agrees. */
  private void print(
      DaemonConnection daemon,
      Invocation invocation,
      String header,
      boolean withPin,
      Predicate<BuildHistoryEvent> wanted) {
    var table = TextTable.withTabs(environment.out());
    try {
      var request = BuildHistoryRequest.newBuilder().setEarlyExit(true).build();
      var events = daemon.control().listenBuildHistory(request);
      var format = OutputFormat.of(invocation);
      if (format.isEmpty()) {
        table.line(header);
      }
      while (events.hasNext()) {
        var event = events.next();
        if (!wanted.test(event)) {
          continue;
        }
        if (format.isPresent()) {
          format.get().print(MessageValue.of(event), environment.out());
        } else {
          table.line(row(event, withPin));
          table.flush();
        }
      }
    } catch (StatusRuntimeException e) {
      throw daemon.explainStream(e);
    }
    table.flush();
  }

  private static String row(BuildHistoryEvent event, boolean withPin) {
    var record = event.getRecord();
    var row =
        String.join(
            "\t",
            event.getType().name(),
            record.getRef(),
            record.hasCreatedAt() ? time(record.getCreatedAt()) : "",
            record.hasCompletedAt() ? time(record.getCompletedAt()) : "",
            Integer.toString(record.getGeneration()));
    return withPin ? row + "\t" + (record.getPinned() ? "*" : "") : row;
  }

  private static String time(Timestamp time) {
    return TIME.format(Instant.ofEpochSecond(time.getSeconds()).atZone(ZoneId.systemDefault()));
  }
}
