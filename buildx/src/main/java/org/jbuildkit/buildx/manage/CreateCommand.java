package org.jbuildkit.buildx.manage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.driver.LocalDriver;
import org.jbuildkit.buildx.driver.RemoteDriver;
import org.jbuildkit.buildx.store.BuilderName;
import org.jbuildkit.buildx.store.BuilderStore;
import org.jbuildkit.buildx.store.DockerContext;
import org.jbuildkit.buildx.store.NodeGroup;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;
import org.jbuildkit.oci.Platform;

/** {@code create}: makes builders, and adds nodes to them or takes them away. */
public final class CreateCommand {
  private static final List<String> OTHER_DRIVERS = List.of("docker-container", "kubernetes");
  private static final int NAME_TRIES = 6;
  private static final int MAX_CONFIG = 1 << 20;

  private final Environment environment;
  private final Builders builders;
  private final Invocation flags;

  private CreateCommand(Environment environment, Builders builders, Invocation flags) {
    this.environment = environment;
    this.builders = builders;
    this.flags = flags;
  }

  public static Verb verb(Environment environment, Builders builders) {
    return Verb.of("create [OPTIONS] [CONTEXT|ENDPOINT]", "Create a new builder instance")
        .arity(Arity.AT_MOST_ONE)
        .flags(
            Flag.bool("Append a node to builder instead of changing it", "append"),
            Flag.bool("Boot builder after creation", "bootstrap"),
            Flag.text("BuildKit daemon config file", "buildkitd-config"),
            Flag.text("BuildKit daemon config file", "config").asHidden(),
            Flag.text("BuildKit daemon flags", "buildkitd-flags"),
            Flag.text("Driver to use (available: \"local\", \"remote\")", "driver"),
            Flag.list("Options for the driver", "driver-opt"),
            Flag.bool("Remove a node from builder instead of changing it", "leave"),
            Flag.text("Builder instance name", "name"),
            Flag.text("Create/modify node with given name", "node"),
            Flag.list("Fixed platforms for current node", "platform"),
            BuilderCommands.timeout(),
            Flag.bool("Set the current builder instance", "use"))
        .action(flags -> new CreateCommand(environment, builders, flags).run());
  }

  private int run() throws IOException, InterruptedException {
    Builder builder;
    try (var store = builders.openStore()) {
      if (flags.flag("leave")) {
        leave(store);
        return 0;
      }
      builder = create(store);
      if (flags.flag("use")) {
        store.choose(builders.context().key(), builder.name(), false, false);
      }
    }
    if (flags.flag("bootstrap")) {
      for (var node : builder.nodes()) {
        builders.driver(builder, node).connect().close();
      }
    }
    environment.out().println(builder.name());
    return 0;
  }

  private void leave(BuilderStore store) throws IOException {
    var name = flags.text("name");
    var node = flags.text("node");
    if (name.isEmpty()) {
      throw BuildException.failed("leave requires instance name");
    }
    if (node.isEmpty()) {
      throw BuildException.failed("leave requires node name");
    }
    var group =
        store
            .tryFind(name)
            .orElseThrow(
                () -> BuildException.failed("failed to find instance \"" + name + "\" for leave"));
    if (group.node(node).isEmpty()) {
      throw BuildException.failed("node \"" + node + "\" not found for " + name);
    }
    if (group.nodes().size() == 1) {
      throw BuildException.failed("can not leave last node, do you want to rm instance instead?");
    }
    store.removeRefs(group.name(), node);
    store.save(
        group.withNodes(group.nodes().stream().filter(n -> !n.name().equals(node)).toList()));
  }

  private Builder create(BuilderStore store) throws IOException {
    var name = name(store);
    var existing = store.tryFind(name);
    if (flags.flag("append") && existing.isEmpty()) {
      throw BuildException.failed("failed to find instance \"" + name + "\" for append");
    }
    var driver = driver(existing);
    if (existing.isPresent() && flags.text("node").isEmpty() && !flags.flag("append")) {
      throw BuildException.failed(
          "existing instance for \"%s\" but no append mode, specify the node name to make changes"
                  .formatted(name)
              + " for existing instances");
    }
    if (existing.isPresent() && !existing.get().driver().equals(driver)) {
      throw BuildException.failed(
          "existing instance for \"%s\" but has mismatched driver \"%s\""
              .formatted(name, existing.get().driver()));
    }
    var change =
        new NodeChange(
            endpoint(driver),
            !flags.arguments().isEmpty() || driver.equals(RemoteDriver.NAME),
            platforms(),
            options(),
            daemonFlags(),
            files(store));
    var group = existing.orElse(new NodeGroup(name, driver, List.of(), false));
    var changed = change.apply(group, flags.text("node"), flags.flag("append"));
    var builder = new Builder(changed, true);
    for (var node : changed.nodes()) {
      try {
        var _ = builders.driver(builder, node);
      } catch (BuildException e) {
        throw e.within("failed to initialize builder %s (%s)".formatted(name, node.name()));
      }
    }
    store.save(changed);
    return builder;
  }

  private String name(BuilderStore store) throws IOException {
    var name = flags.text("name");
    if (name.equals(DockerContext.DEFAULT)) {
      throw BuildException.failed(
          "default is a reserved name and cannot be used to identify builder instance");
    }
    if (name.isEmpty()) {
      if (flags.flag("append")) {
        throw BuildException.failed("append requires a builder name");
      }
      return freeName(store);
    }
    if (!flags.flag("append") && builders.isPreset(name)) {
      throw BuildException.failed(
          "instance name \"" + name + "\" already exists as context builder");
    }
    var _ = BuilderName.normalized(name);
    return name;
  }

  private static String freeName(BuilderStore store) throws IOException {
    for (int i = 0; i < NAME_TRIES; i++) {
      var name = BuilderName.random();
      if (store.tryFind(name).isEmpty()) {
        return name;
      }
    }
    throw BuildException.failed("failed to generate random name");
  }

  private String driver(Optional<NodeGroup> existing) {
    var driver = flags.text("driver");
    if (driver.isEmpty()) {
      if (existing.isPresent()) {
        return existing.get().driver();
      }
      boolean remote =
          flags.arguments().isEmpty()
              ? !environment.variable("BUILDKIT_HOST").isEmpty()
              : flags.arguments().getFirst().contains("://");
      return remote ? RemoteDriver.NAME : LocalDriver.NAME;
    }
    if (driver.equals("docker")) {
      throw BuildException.failed("additional instances of driver \"docker\" cannot be created");
    }
    if (OTHER_DRIVERS.contains(driver)) {
      throw BuildException.failed(
          "driver \"%s\" is not supported by this buildx: use \"local\" or \"remote\""
              .formatted(driver));
    }
    if (!driver.equals(LocalDriver.NAME) && !driver.equals(RemoteDriver.NAME)) {
      throw BuildException.failed("failed to find driver \"" + driver + "\"");
    }
    return driver;
  }

  private String endpoint(String driver) {
    if (driver.equals(LocalDriver.NAME)) {
      if (!flags.arguments().isEmpty()) {
        throw BuildException.failed(
            "local driver does not support endpoint args \"%s\""
                .formatted(flags.arguments().getFirst()));
      }
      return LocalDriver.NAME;
    }
    var endpoint =
        flags.arguments().isEmpty()
            ? environment.variable("BUILDKIT_HOST")
            : flags.arguments().getFirst();
    if (endpoint.isEmpty()) {
      throw BuildException.failed("no remote endpoint provided");
    }
    RemoteDriver.checkEndpoint(endpoint);
    return endpoint;
  }

  private List<Platform> platforms() {
    var platforms = new ArrayList<Platform>();
    for (var value : flags.list("platform")) {
      for (var text : value.split(",", -1)) {
        if (!text.isBlank()) {
          platforms.add(Platform.parse(text.trim()));
        }
      }
    }
    return platforms;
  }

  private SequencedMap<String, String> options() {
    var options = new LinkedHashMap<String, String>();
    for (var value : flags.list("driver-opt")) {
      for (var field : value.isEmpty() ? List.<String>of() : CsvFields.parse(value)) {
        int equals = field.indexOf('=');
        if (equals < 0) {
          throw BuildException.failed("invalid value \"" + field + "\", expecting k=v");
        }
        options.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return options;
  }

  private List<String> daemonFlags() {
    return ShellWords.split(flags.text("buildkitd-flags"));
  }

  private SequencedMap<String, String> files(BuilderStore store) throws IOException {
    var given =
        flags.text("buildkitd-config").isEmpty()
            ? flags.text("config")
            : flags.text("buildkitd-config");
    var path = given.isEmpty() ? store.defaultDaemonConfig() : Optional.of(Path.of(given));
    var files = new LinkedHashMap<String, String>();
    if (path.isPresent()) {
      try {
        if (Files.size(path.get()) > MAX_CONFIG) {
          throw BuildException.failed(path.get() + " is larger than 1 MiB");
        }
        files.put(
            "buildkitd.toml", Base64.getEncoder().encodeToString(Files.readAllBytes(path.get())));
      } catch (NoSuchFileException e) {
        throw BuildException.failed("buildkit configuration file not found: " + path.get());
      }
    }
    return files;
  }
}
