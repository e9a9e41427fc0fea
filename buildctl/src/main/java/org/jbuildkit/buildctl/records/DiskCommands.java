package org.jbuildkit.buildctl.records;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.buildctl.daemon.GoShapes;
import org.jbuildkit.buildctl.daemon.OutputFormat;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoTimes;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.client.progress.ByteAmount;
import org.jbuildkit.protocol.control.DiskUsageRequest;
import org.jbuildkit.protocol.control.PruneRequest;
import org.jbuildkit.protocol.control.UsageRecord;

/** {@code buildctl du} and {@code buildctl prune}. */
public final class DiskCommands {
  private static final String HEADER = "ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED";
  private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1_000_000);

  private DiskCommands() {}

  public static Command usage(Environment environment) {
    return Command.of("disk usage", "du")
        .flags(
            Flag.list("only records that match, such as type==regular", "filter", "f"),
            Flag.bool("print all that is known", "verbose", "v"),
            OutputFormat.FLAG)
        .action(invocation -> usage(invocation, environment));
  }

  private static int usage(Invocation invocation, Environment environment)
      throws InterruptedException {
    try (var daemon = Connection.open(invocation, environment)) {
      var request = DiskUsageRequest.newBuilder().addAllFilter(invocation.list("filter")).build();
      List<UsageRecord> records;
      try {
        records =
            daemon.control().diskUsage(request).getRecordList().stream()
                .sorted(
                    Comparator.comparingLong(UsageRecord::getSize)
                        .thenComparing(UsageRecord::getID))
                .toList();
      } catch (StatusRuntimeException e) {
        throw daemon.explain(e).within("failed to call diskusage");
      }
      var format = OutputFormat.of(invocation);
      if (format.isPresent()) {
        format.get().print(GoShapes.usages(records), environment.out());
        return 0;
      }
      var table = TextTable.withTabs(environment.out());
      if (invocation.flag("verbose")) {
        records.forEach(record -> details(record, table));
      } else {
        table.line(HEADER);
        records.forEach(record -> table.line(row(record) + "\t"));
      }
      table.flush();
      if (invocation.list("filter").isEmpty()) {
        summary(records, table);
      }
      return 0;
    }
  }

  private static void summary(List<UsageRecord> records, TextTable table) {
    long total = 0;
    long reclaimable = 0;
    long shared = 0;
    for (var record : records) {
      long size = Math.max(0, record.getSize());
      total += size;
      reclaimable += record.getInUse() ? 0 : size;
      shared += record.getShared() ? size : 0;
    }
    if (shared > 0) {
      table.line("Shared:\t" + ByteAmount.of(shared));
      table.line("Private:\t" + ByteAmount.of(total - shared));
    }
    table.line("Reclaimable:\t" + ByteAmount.of(reclaimable));
    table.line("Total:\t" + ByteAmount.of(total));
    table.flush();
  }

  private static String row(UsageRecord record) {
    var id = record.getID() + (record.getMutable() ? "*" : "");
    var size = ByteAmount.of(record.getSize()) + (record.getShared() ? "*" : "");
    return padded(id, 71) + "\t" + padded(String.valueOf(!record.getInUse()), 11) + "\t" + size;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static void details(UsageRecord record, TextTable table) {
    table.line("ID:\t" + record.getID());
    if (record.getParentsCount() > 0) {
      table.line("Parents:\t" + String.join(";", record.getParentsList()));
    }
    table.line("Created at:\t" + time(record.getCreatedAt()));
    table.line("Mutable:\t" + record.getMutable());
    table.line("Reclaimable:\t" + !record.getInUse());
    table.line("Shared:\t" + record.getShared());
    table.line("Size:\t" + ByteAmount.of(record.getSize()));
    if (!record.getDescription().isEmpty()) {
      table.line("Description:\t" + record.getDescription());
    }
    table.line("Usage count:\t" + record.getUsageCount());
    if (record.hasLastUsedAt()) {
      table.line("Last used:\t" + time(record.getLastUsedAt()));
    }
    if (!record.getRecordType().isEmpty()) {
      table.line("Type:\t" + record.getRecordType());
    }
    table.line("");
  }

  private static String time(Timestamp time) {
    return GoTimes.text(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
  }

  public static Command prune(Environment environment) {
    return Command.of("clean up build cache", "prune")
        .flags(
            Flag.of(Flag.Kind.DURATION, "keep what was used within this time", "keep-duration"),
            Flag.of(
                Flag.Kind.FLOAT, "remove until no more than this many MB are used", "keep-storage"),
            Flag.of(Flag.Kind.FLOAT, "leave this many MB alone", "keep-storage-min"),
            Flag.of(
                Flag.Kind.FLOAT, "remove until this many MB are free on the disk", "free-storage"),
            Flag.list("only records that match, such as type==regular", "filter", "f"),
            Flag.bool("also what the daemon keeps for itself", "all"),
            Flag.bool("print all that is known", "verbose", "v"),
            OutputFormat.FLAG)
        .action(invocation -> prune(invocation, environment));
  }

  private static long megabytes(Invocation invocation, String flag) {
    var text = invocation.text(flag);
    return text.isEmpty() ? 0 : new BigDecimal(text).multiply(MEGABYTE).longValue();
  }

  private static int prune(Invocation invocation, Environment environment)
      throws InterruptedException {
    var request =
        PruneRequest.newBuilder()
            .addAllFilter(invocation.list("filter"))
            .setAll(invocation.flag("all"))
            .setKeepDuration(GoValues.parseDuration(invocation.text("keep-duration")).orElse(0))
            .setMaxUsedSpace(megabytes(invocation, "keep-storage"))
            .setReservedSpace(megabytes(invocation, "keep-storage-min"))
            .setMinFreeSpace(megabytes(invocation, "free-storage"))
            .build();
    try (var daemon = Connection.open(invocation, environment)) {
      try {
        var records = daemon.control().prune(request);
        var format = OutputFormat.of(invocation);
        if (format.isPresent()) {
          while (records.hasNext()) {
            format.get().print(GoShapes.usage(records.next()), environment.out());
          }
        } else {
          print(records, invocation.flag("verbose"), TextTable.withTabs(environment.out()));
        }
        return 0;
      } catch (StatusRuntimeException e) {
        throw daemon.explainStream(e);
      }
    }
  }

  /** Each record as it comes, then their sum. */
  private static void print(Iterator<UsageRecord> records, boolean verbose, TextTable table) {
    long total = 0;
    boolean first = true;
    while (records.hasNext()) {
      var record = records.next();
      total += record.getSize();
      if (verbose) {
        details(record, table);
      } else {
        if (first) {
          table.line(HEADER);
        }
        table.line(row(record) + "\t");
      }
      table.flush();
      first = false;
    }
    table.line("Total:\t" + ByteAmount.of(total));
    table.flush();
  }
}
