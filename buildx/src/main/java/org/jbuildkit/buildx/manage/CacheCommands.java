package org.jbuildkit.buildx.manage;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.cli.ByteSize;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoTimes;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.protocol.control.DiskUsageRequest;
import org.jbuildkit.protocol.control.PruneRequest;
import org.jbuildkit.protocol.control.UsageRecord;

/** {@code du} and {@code prune}. Both start a daemon that does not run: its cache is there. */
public final class CacheCommands {
  private static final String TABLE = "{{.ID}}\t{{.Reclaimable}}\t{{.Size}}\t{{.LastUsedAt}}";
  private static final String DANGLING =
      "WARNING! This will remove all dangling build cache. Are you sure you want to continue? [y/N]"
          + " ";
  private static final String ALL =
      "WARNING! This will remove all build cache. Are you sure you want to continue? [y/N] ";

  private final Environment environment;
  private final Builders builders;

  public CacheCommands(Environment environment, Builders builders) {
    this.environment = environment;
    this.builders = builders;
  }

  /** What is done with each node's daemon. */
  @FunctionalInterface
  private interface Visit {
    void accept(DaemonConnection daemon) throws IOException;
  }

  private void visit(Invocation flags, Visit visit) throws IOException, InterruptedException {
    Builder builder;
    try (var store = builders.openStore()) {
      builder = builders.find(store, flags.text("builder"));
    }
    for (var node : builder.nodes()) {
      var driver = builders.driver(builder, node);
      try (var daemon = Deadline.of(flags).within(driver::connect)) {
        try {
          visit.accept(daemon);
        } catch (StatusRuntimeException e) {
          throw daemon.explain(e);
        }
      }
    }
  }

  public Verb usage() {
    return Verb.of("du", "Disk usage")
        .arity(Arity.NONE)
        .flags(
            Flag.list("Provide filter values", "filter"),
            Flag.text("Format the output", "format"),
            BuilderCommands.timeout(),
            Flag.bool("Shorthand for \"--format=pretty\"", "verbose"))
        .action(this::usage);
  }

  private int usage(Invocation flags) throws IOException, InterruptedException {
    var given = flags.text("format");
    if (!given.isEmpty() && flags.flag("verbose")) {
      throw BuildException.failed("--format and --verbose cannot be used together");
    }
    var filters = UsageFilters.parse(flags.list("filter"));
    var request =
        DiskUsageRequest.newBuilder()
            .addFilter(filters.clause())
            .setAgeLimit(filters.age())
            .build();
    var records = new ArrayList<UsageRecord>();
    visit(flags, daemon -> records.addAll(daemon.control().diskUsage(request).getRecordList()));
    boolean pretty = flags.flag("verbose") || given.equals("pretty");
    if (given.equals("json")) {
      records.forEach(record -> environment.out().println(json(record).write()));
      return 0;
    }
    if (pretty) {
      records.forEach(record -> details(record, "Parents"));
    } else {
      var rows = new ArrayList<Map<String, String>>();
      var format = RowFormat.parse(given, TABLE);
      records.forEach(record -> rows.add(row(record, format.isTable())));
      format.print(headers(), rows, environment.out());
      if (!format.isTable()) {
        return 0;
      }
    }
    if (flags.list("filter").isEmpty()) {
      summary(records);
    }
    return 0;
  }

  private static Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("ID", "ID");
    headers.put("Parents", "PARENTS");
    headers.put("CreatedAt", "CREATED AT");
    headers.put("Mutable", "MUTABLE");
    headers.put("Reclaimable", "RECLAIMABLE");
    headers.put("Shared", "SHARED");
    headers.put("Size", "SIZE");
    headers.put("Description", "DESCRIPTION");
    headers.put("UsageCount", "USAGE COUNT");
    headers.put("LastUsedAt", "LAST ACCESSED");
    headers.put("Type", "TYPE");
    return headers;
  }

  private static Map<String, String> row(UsageRecord record, boolean table) {
    var row = new LinkedHashMap<String, String>();
    row.put("ID", record.getID() + (table && record.getMutable() ? "*" : ""));
    row.put("Parents", String.join(",", record.getParentsList()));
    row.put("CreatedAt", time(record.getCreatedAt()));
    row.put("Mutable", String.valueOf(record.getMutable()));
    row.put("Reclaimable", String.valueOf(!record.getInUse()));
    row.put("Shared", String.valueOf(record.getShared()));
    row.put("Size", ByteSize.decimal(record.getSize()) + (table && record.getShared() ? "*" : ""));
    row.put("Description", record.getDescription());
    row.put("UsageCount", String.valueOf(record.getUsageCount()));
    row.put("LastUsedAt", lastUsed(record));
    row.put("Type", record.getRecordType());
    return row;
  }

  private static Json json(UsageRecord record) {
    return Json.object()
        .put("CreatedAt", time(record.getCreatedAt()))
        .put("Description", record.getDescription())
        .put("ID", record.getID())
        .put("LastUsedAt", lastUsed(record))
        .put("Mutable", record.getMutable())
        .put(
            "Parents",
            record.getParentsCount() == 0 ? new Json.Null() : Json.ofTexts(record.getParentsList()))
        .put("Reclaimable", !record.getInUse())
        .put("Shared", record.getShared())
        .put("Size", ByteSize.decimal(record.getSize()))
        .put("Type", record.getRecordType())
        .put("UsageCount", record.getUsageCount())
        .build();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static String time(Timestamp time) {
    return GoTimes.text(instant(time));
  }

  private static String lastUsed(UsageRecord record) {
    return record.hasLastUsedAt()
        ? GoTimes.about(Duration.between(instant(record.getLastUsedAt()), Instant.now())) + " ago"
        : "";
  }

  /** One record as a block of lines. */
  private void details(UsageRecord record, String parents) {
    var out = environment.out();
    line("ID:", record.getID());
    if (record.getParentsCount() > 0) {
      if (parents.equals("Parents")) {
        out.println("Parents:");
        record.getParentsList().forEach(parent -> out.println(" - " + parent));
      } else {
        line("Parent:", String.join(",", record.getParentsList()));
      }
    }
    line("Created at:", time(record.getCreatedAt()));
    line("Mutable:", String.valueOf(record.getMutable()));
    line("Reclaimable:", String.valueOf(!record.getInUse()));
    line("Shared:", String.valueOf(record.getShared()));
    line("Size:", ByteSize.decimal(record.getSize()));
    if (!record.getDescription().isEmpty()) {
      line("Description:", record.getDescription());
    }
    line("Usage count:", String.valueOf(record.getUsageCount()));
    if (record.hasLastUsedAt()) {
      line("Last used:", lastUsed(record));
    }
    if (!record.getRecordType().isEmpty()) {
      line("Type:", record.getRecordType());
    }
    out.println();
  }

  private void line(String title, String value) {
    environment.out().println(title + " ".repeat(Math.max(1, 15 - title.length())) + value);
  }

  private void summary(List<UsageRecord> records) {
    long total = 0;
    long reclaimable = 0;
    long shared = 0;
    for (var record : records) {
      long size = Math.max(0, record.getSize());
      total += size;
      reclaimable += record.getInUse() ? 0 : size;
      shared += record.getShared() ? size : 0;
    }
    var table = TextTable.withTabs(environment.out());
    if (shared > 0) {
      table.line("Shared:\t" + ByteSize.decimal(shared));
      table.line("Private:\t" + ByteSize.decimal(total - shared));
    }
    table.line("Reclaimable:\t" + ByteSize.decimal(reclaimable));
    table.line("Total:\t" + ByteSize.decimal(total));
    table.flush();
  }

  public Verb prune() {
    return Verb.of("prune", "Remove build cache")
        .arity(Arity.NONE)
        .flags(
            Flag.bool("Include internal/frontend images", "all", "a"),
            Flag.list("Provide filter values (e.g., \"until=24h\")", "filter"),
            Flag.bool("Do not prompt for confirmation", "force", "f"),
            Flag.of(Flag.Kind.BYTES, "Amount of disk space to keep for cache", "keep-storage")
                .asHidden(),
            Flag.of(Flag.Kind.BYTES, "Maximum amount of disk space for cache", "max-used-space"),
            Flag.of(Flag.Kind.BYTES, "Target amount of free disk space", "min-free-space"),
            Flag.of(Flag.Kind.BYTES, "Amount of disk space always allowed", "reserved-space"),
            BuilderCommands.timeout(),
            Flag.bool("Provide a more verbose output", "verbose"))
        .action(this::prune);
  }

  private static long bytes(Invocation flags, String name) {
    return ByteSize.parse(flags.text(name)).orElse(0);
  }

  private int prune(Invocation flags) throws IOException, InterruptedException {
    if (flags.isSet("keep-storage")) {
      environment
          .err()
          .println(
              "Flag --keep-storage has been deprecated, keep-storage flag has been changed to"
                  + " reserved-space");
    }
    var filters = UsageFilters.parse(flags.list("filter"));
    boolean all = flags.flag("all");
    if (!flags.flag("force") && !new Prompt(environment).confirm(all ? ALL : DANGLING)) {
      return 0;
    }
    var request =
        PruneRequest.newBuilder()
            .addFilter(filters.clause())
            .setAll(all)
            .setKeepDuration(filters.age())
            .setReservedSpace(
                Math.max(bytes(flags, "reserved-space"), bytes(flags, "keep-storage")))
            .setMaxUsedSpace(bytes(flags, "max-used-space"))
            .setMinFreeSpace(bytes(flags, "min-free-space"))
            .build();
    var removed = new ArrayList<Long>();
    visit(
        flags,
        daemon ->
            daemon
                .control()
                .prune(request)
                .forEachRemaining(record -> {
                  pruned(record, flags.flag("verbose"), removed.isEmpty());
                  removed.add(record.getSize());
                }));
    long total = removed.stream().mapToLong(size -> size).sum();
    environment.out().println("Total:\t" + ByteSize.decimal(total));
    return 0;
  }

  private void pruned(UsageRecord record, boolean verbose, boolean first) {
    if (verbose) {
      details(record, "Parent");
      return;
    }
    var table = TextTable.withTabs(environment.out());
    if (first) {
      table.line("ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED");
    }
    table.line(
        "%-40s\t%-5s\t%-10s\t%s"
            .formatted(
                record.getID() + (record.getMutable() ? "*" : ""),
                !record.getInUse(),
                ByteSize.decimal(record.getSize()) + (record.getShared() ? "*" : ""),
                lastUsed(record)));
    table.flush();
  }
}
