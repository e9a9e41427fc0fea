package org.jbuildkit.buildx.manage;

import java.io.IOException;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.store.BuilderStore;
import org.jbuildkit.buildx.store.DockerContext;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;

/** {@code use}, {@code stop} and {@code rm}. */
public final class BuilderCommands {
  private final Environment environment;
  private final Builders builders;

  public BuilderCommands(Environment environment, Builders builders) {
    this.environment = environment;
    this.builders = builders;
  }

  /** The builder that an argument names, or else the flag. */
  static String name(Invocation flags) {
    return flags.arguments().isEmpty() ? flags.text("builder") : flags.arguments().getFirst();
  }

  static Flag timeout() {
    return Flag.of(Flag.Kind.DURATION, "Override the default timeout for loading status", "timeout")
        .withPreset("20s");
  }

  public Verb use() {
    return Verb.of("use [OPTIONS] NAME", "Set the current builder instance")
        .arity(Arity.AT_MOST_ONE)
        .flags(
            Flag.bool("Builder persists context changes", "global"),
            Flag.bool("Set builder as default for current context", "default"))
        .action(this::use);
  }

  private int use(Invocation flags) throws IOException, InterruptedException {
    var name = name(flags);
    try (var store = builders.openStore()) {
      var context = builders.context();
      var stored = store.tryFind(name);
      if (stored.isEmpty() && !builders.isPreset(name)) {
        throw missing(store, name, context);
      }
      store.choose(
          context.key(),
          stored.map(group -> group.name()).orElse(""),
          flags.flag("global"),
          flags.flag("default"));
    }
    return 0;
  }

  private static BuildException missing(BuilderStore store, String name, DockerContext context)
      throws IOException {
    if (name.equals(DockerContext.DEFAULT) && !context.name().equals(name)) {
      return BuildException.failed("run `docker context use default` to switch to default context");
    }
    try {
      var _ = store.find(name);
      return BuildException.failed("failed to find instance \"" + name + "\"");
    } catch (BuildException e) {
      return BuildException.failed("failed to find instance \"" + name + "\"", e);
    }
  }

  public Verb stop() {
    return Verb.of("stop [NAME]", "Stop builder instance")
        .arity(Arity.AT_MOST_ONE)
        .action(this::stop);
  }

  private int stop(Invocation flags) throws IOException, InterruptedException {
    Builder builder;
    try (var store = builders.openStore()) {
      builder = builders.find(store, name(flags));
    }
    for (var node : builder.nodes()) {
      builders.driver(builder, node).stop();
    }
    return 0;
  }

  public Verb rm() {
    return Verb.of("rm [OPTIONS] [NAME...]", "Remove one or more builder instances")
        .flags(
            Flag.bool("Remove all inactive builders", "all-inactive"),
            Flag.bool("Do not prompt for confirmation", "force", "f"),
            Flag.bool("Keep the BuildKit daemon running", "keep-daemon"),
            Flag.bool("Keep BuildKit state", "keep-state"),
            timeout())
        .action(this::rm);
  }

  private int rm(Invocation flags) throws IOException, InterruptedException {
    if (flags.flag("all-inactive")) {
      return removeInactive(flags);
    }
    var names = flags.arguments();
    if (names.isEmpty()) {
      names = List.of(flags.text("builder"));
    }
    boolean failed = false;
    for (var name : names) {
      try {
        remove(name, flags);
        environment.err().println(name + " removed");
      } catch (BuildException | IOException e) {
        environment.err().println("failed to remove " + name + ": " + BuildException.describe(e));
        failed = true;
      }
    }
    if (failed) {
      throw BuildException.failed("failed to remove one or more builders");
    }
    return 0;
  }

  private void remove(String name, Invocation flags) throws IOException, InterruptedException {
    try (var store = builders.openStore()) {
      var builder = builders.find(store, name);
      if (!builder.isStored()) {
        throw BuildException.failed(
            "context builder cannot be removed, run `docker context rm %s` to remove this context"
                .formatted(builder.name()));
      }
      try {
        if (!flags.flag("keep-daemon")) {
          for (var node : builder.nodes()) {
            builders.driver(builder, node).remove(flags.flag("keep-state"));
          }
        }
      } finally {
        store.remove(builder.name());
      }
    }
  }

  private int removeInactive(Invocation flags) throws IOException, InterruptedException {
    if (!flags.arguments().isEmpty()) {
      throw BuildException.failed("cannot specify builder name when --all-inactive is set");
    }
    var prompt = new Prompt(environment);
    if (!flags.flag("force")
        && !prompt.confirm(
            "WARNING! This will remove all builders that are not in running state. Are you sure"
                + " you want to continue? [y/N] ")) {
      return 0;
    }
    List<Builder> inactive;
    try (var store = builders.openStore()) {
      inactive = store.list().stream().map(group -> new Builder(group, true)).toList();
    }
    boolean failed = false;
    for (var builder : inactive) {
      try {
        boolean running = Deadline.of(flags).within(() -> isRunning(builder));
        if (!running) {
          remove(builder.name(), flags);
          environment.err().println(builder.name() + " removed");
        }
      } catch (BuildException e) {
        if (e.code() == ErrorCode.CANCELLED) {
          throw e;
        }
        environment
            .err()
            .println("failed to remove " + builder.name() + ": " + BuildException.describe(e));
        failed = true;
      }
    }
    if (failed) {
      throw BuildException.failed("failed to remove one or more builders");
    }
    return 0;
  }

  private boolean isRunning(Builder builder) throws IOException, InterruptedException {
    for (var node : builder.nodes()) {
      try {
        var daemon = builders.driver(builder, node).running();
        daemon.ifPresent(connection -> connection.close());
        if (daemon.isPresent()) {
          return true;
        }
      } catch (BuildException _) {
        // What can't be asked does not run.
      }
    }
    return false;
  }
}
