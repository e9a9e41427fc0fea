package org.jbuildkit.buildx.manage;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.cli.ByteSize;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoTimes;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.TextTable;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;
import org.jbuildkit.protocol.worker.GCPolicy;
import org.jbuildkit.protocol.worker.WorkerRecord;

/** {@code inspect}: all there is to know of one builder. */
public final class InspectCommand {
  private final PrintStream out;
  private final Builders builders;

  private InspectCommand(PrintStream out, Builders builders) {
    this.out = out;
    this.builders = builders;
  }

  public static Verb verb(Environment environment, Builders builders) {
    return Verb.of("inspect [NAME]", "Inspect current builder instance")
        .arity(Arity.AT_MOST_ONE)
        .flags(
            Flag.bool("Ensure builder has booted before inspecting", "bootstrap"),
            BuilderCommands.timeout())
        .action(flags -> new InspectCommand(environment.out(), builders).run(flags));
  }

  private int run(Invocation flags) throws IOException, InterruptedException {
    Builder builder;
    var table = TextTable.withSpaces(out);
    try (var store = builders.openStore()) {
      builder = builders.find(store, BuilderCommands.name(flags));
      table.line("Name:\t" + builder.name());
      table.line("Driver:\t" + builder.driver());
      store
          .lastActivity(builder.name())
          .ifPresent(time -> table.line("Last Activity:\t" + GoTimes.text(time)));
    }
    if (flags.flag("bootstrap")) {
      for (var node : builder.nodes()) {
        builders.driver(builder, node).connect().close();
      }
    }
    table.line("");
    table.line("Nodes:");
    var nodes = NodeStatus.load(builders, builder, Deadline.of(flags));
    for (int i = 0; i < nodes.size(); i++) {
      if (i > 0) {
        table.line("");
      }
      node(nodes.get(i), table);
    }
    table.flush();
    return 0;
  }

  private void node(NodeStatus status, TextTable table) {
    var node = status.node();
    table.line("Name:\t" + node.name());
    table.line("Endpoint:\t" + node.endpoint());
    node.options()
        .filter(options -> !options.isEmpty())
        .ifPresent(options -> {
          var pairs = new ArrayList<String>();
          options.forEach((key, value) -> pairs.add(key + "=\"" + value + "\""));
          table.line("Driver Options:\t" + String.join(" ", pairs));
        });
    if (!status.error().isEmpty()) {
      table.line("Error:\t" + status.error());
      return;
    }
    table.line("Status:\t" + status.status());
    if (!node.flags().orElse(List.of()).isEmpty()) {
      table.line("BuildKit daemon flags:\t" + String.join(" ", node.flags().get()));
    }
    if (!status.version().isEmpty()) {
      table.line("BuildKit version:\t" + status.version());
    }
    var platforms = PlatformSummary.all(status);
    if (!platforms.isEmpty()) {
      table.line("Platforms:\t" + platforms);
    }
    if (!status.workers().isEmpty()) {
      worker(status.workers().getFirst(), table);
    }
    for (var path : node.files().map(files -> List.copyOf(files.keySet())).orElse(List.of())) {
      table.line("File#" + path + ":");
      var text = new String(node.file(path).orElse(new byte[0]), StandardCharsets.UTF_8);
      for (var line : text.split("\n", -1)) {
        table.line(" > " + line);
      }
    }
  }

  private static void worker(WorkerRecord worker, TextTable table) {
    if (worker.getLabelsCount() > 0) {
      table.line("Labels:");
      new TreeMap<>(worker.getLabelsMap())
          .forEach((key, value) -> table.line(" " + key + ":\t" + value));
    }
    for (int i = 0; i < worker.getGCPolicyCount(); i++) {
      table.line("GC Policy rule#" + i + ":");
      policy(worker.getGCPolicy(i), table);
    }
  }

  private static void policy(GCPolicy policy, TextTable table) {
    table.line(" All:\t" + policy.getAll());
    if (policy.getFiltersCount() > 0) {
      table.line(" Filters:\t" + String.join(" ", policy.getFiltersList()));
    }
    if (policy.getKeepDuration() > 0) {
      table.line(" Keep Duration:\t" + GoValues.duration(policy.getKeepDuration()));
    }
    space(" Reserved Space:\t", policy.getReservedSpace(), table);
    space(" Max Used Space:\t", policy.getMaxUsedSpace(), table);
    space(" Min Free Space:\t", policy.getMinFreeSpace(), table);
  }

  private static void space(String title, long bytes, TextTable table) {
    if (bytes > 0) {
      table.line(title + ByteSize.binary(bytes));
    }
  }
}
