package org.jbuildkit.buildx.manage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;

/** {@code ls}: all builders with their nodes. */
public final class ListCommand {
  private static final String TABLE =
      "{{.Name}}\t{{.DriverEndpoint}}\t{{.Status}}\t{{.Buildkit}}\t{{.Platforms}}";

  private final Environment environment;
  private final Builders builders;
  private final Invocation flags;

  private ListCommand(Environment environment, Builders builders, Invocation flags) {
    this.environment = environment;
    this.builders = builders;
    this.flags = flags;
  }

  public static Verb verb(Environment environment, Builders builders) {
    return Verb.of("ls", "List builder instances")
        .arity(Arity.ZERO)
        .flags(
            Flag.text("Format the output", "format").withPreset("table"),
            Flag.bool("Don't truncate output", "no-trunc"),
            BuilderCommands.timeout())
        .action(flags -> new ListCommand(environment, builders, flags).run());
  }

  private int run() throws IOException, InterruptedException {
    var all = load();
    if (flags.text("format").equals("json")) {
      all.forEach(status -> environment.out().println(status.toJson().write()));
      return 0;
    }
    var format = RowFormat.parse(flags.text("format"), TABLE);
    var rows = new ArrayList<Map<String, String>>();
    for (var status : all) {
      rows.add(builderRow(status, format.isTable()));
      for (var node : status.nodes()) {
        rows.add(nodeRow(status, node, format.isTable()));
      }
    }
    format.print(headers(), rows, environment.out());
    if (format.isTable()) {
      tellErrors(all);
    }
    return 0;
  }

  private List<BuilderStatus> load() throws IOException, InterruptedException {
    var all = new ArrayList<BuilderStatus>();
    try (var store = builders.openStore()) {
      var current = builders.find(store, flags.text("builder"));
      var found = new ArrayList<Builder>();
      store.list().forEach(group -> found.add(new Builder(group, true)));
      var preset = builders.preset();
      if (found.stream().noneMatch(builder -> builder.name().equals(preset.name()))) {
        found.add(preset);
      }
      for (var builder : found) {
        all.add(
            new BuilderStatus(
                builder,
                builder.name().equals(current.name()),
                store.lastActivity(builder.name()),
                NodeStatus.load(builders, builder, Deadline.of(flags))));
      }
    }
    return all;
  }

  private static Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Name", "NAME/NODE");
    headers.put("DriverEndpoint", "DRIVER/ENDPOINT");
    headers.put("LastActivity", "LAST ACTIVITY");
    headers.put("Status", "STATUS");
    headers.put("Buildkit", "BUILDKIT");
    headers.put("Platforms", "PLATFORMS");
    headers.put("Error", "ERROR");
    headers.put("Builder", "BUILDER");
    return headers;
  }

  private static Map<String, String> builderRow(BuilderStatus status, boolean table) {
    var row = new LinkedHashMap<String, String>();
    var name = status.builder().name();
    row.put("Name", table && status.isCurrent() ? name + "*" : name);
    row.put("DriverEndpoint", status.builder().driver());
    row.put("LastActivity", status.lastActivityText());
    row.put("Builder", name);
    return row;
  }

  private Map<String, String> nodeRow(BuilderStatus status, NodeStatus node, boolean table) {
    var row = new LinkedHashMap<String, String>();
    var prefix = table ? " \\_ " : "";
    row.put("Name", prefix + node.node().name());
    row.put("DriverEndpoint", prefix + node.node().endpoint());
    row.put("Status", node.status());
    row.put("Buildkit", node.version());
    boolean full = !table || flags.flag("no-trunc");
    row.put("Platforms", full ? PlatformSummary.all(node) : PlatformSummary.brief(node));
    row.put("Error", node.error());
    row.put("Builder", status.builder().name());
    return row;
  }

  private void tellErrors(List<BuilderStatus> all) {
    boolean first = true;
    for (var status : all) {
      for (var node : status.nodes()) {
        if (!node.error().isEmpty()) {
          if (first) {
            environment.err().println();
          }
          first = false;
          environment
              .err()
              .println(
                  "Failed to get status for %s (%s): %s"
                      .formatted(status.builder().name(), node.node().name(), node.error()));
        }
      }
    }
  }
}
