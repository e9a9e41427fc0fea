package org.jbuildkit.buildx;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.logging.LogManager;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.SourceExcerpt;
import org.jbuildkit.buildx.build.BuildCommand;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.manage.BuilderCommands;
import org.jbuildkit.buildx.manage.CacheCommands;
import org.jbuildkit.buildx.manage.CreateCommand;
import org.jbuildkit.buildx.manage.InspectCommand;
import org.jbuildkit.buildx.manage.ListCommand;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.ExitException;
import org.jbuildkit.cli.cobra.Program;
import org.jbuildkit.cli.cobra.Verb;

/** Entry point of {@code buildx}. */
public final class Main {
  private static final String VERSION = "v0.36.1+jbuildkit.0.1.0";
  private static final String METADATA = "docker-cli-plugin-metadata";
  private static final String HINT =
      "Experimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.";
  private static final Duration CANCEL_TIME = Duration.ofSeconds(10);

  private Main() {}

  /** Runs the command line and ends the process with its status. */
  public static void main(String[] arguments) {
    var environment =
        new Environment(
            System.getenv(), System.in, stream(FileDescriptor.out), stream(FileDescriptor.err));
    silenceLibraries();
    var worker = Thread.currentThread();
    var hook = Thread.ofPlatform().unstarted(() -> cancel(worker));
    Runtime.getRuntime().addShutdownHook(hook);
    PluginSocket.watch(environment, worker);
    int status =
        run(
            Arrays.asList(arguments),
            environment,
            System.getProperty("jbuildkit.program", "docker-buildx"),
            Path.of(System.getProperty("jbuildkit.home", ".")).toAbsolutePath());
    environment.out().flush();
    environment.err().flush();
    // Nothing is left to be done in order: connections end with the process.
    Runtime.getRuntime().halt(status);
  }

  /** Standard error belongs to progress and errors; what libraries log is of no use there. */
  private static void silenceLibraries() {
    LogManager.getLogManager().reset();
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** A signal cancels the running command, which then ends the process with its own status. */
  private static void cancel(Thread worker) {
    worker.interrupt();
    try {
      worker.join(CANCEL_TIME);
    } catch (InterruptedException _) {
      // The process ends in any case.
    }
  }

  /**
   * Runs a command line and tells what went wrong; the result is the exit status.
   *
   * @param name the program's, for texts
   * @param home the distribution's folder
   */
  static int run(List<String> words, Environment environment, String name, Path home) {
    if (!words.isEmpty() && words.getFirst().equals(METADATA)) {
      environment.out().println(metadata());
      return 0;
    }
    boolean isPlugin =
        !environment.variable("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND").isEmpty()
            || (!words.isEmpty() && words.getFirst().equals("buildx"));
    boolean experimental =
        GoValues.parseBool(environment.variable("BUILDX_EXPERIMENTAL")).orElse(false);
    var hint = experimental ? "" : HINT;
    try {
      if (!isPlugin) {
        var program = new Program(name, false, hint, environment.out());
        return commands(environment, home, false).run(words, program);
      }
      var plugin = PluginArguments.parse(words, environment.variables());
      var within =
          new Environment(
              plugin.variables(), environment.in(), environment.out(), environment.err());
      var program = new Program("docker", true, hint, environment.out());
      return commands(within, home, plugin.isDebug()).run(plugin.rest(), program);
    } catch (ExitException e) {
      if (!BuildException.describe(e).isEmpty()) {
        environment.err().println(e.getMessage());
      }
      return e.status();
    } catch (InterruptedException e) {
      environment.err().println("ERROR: context canceled");
      return Status.CANCELLED;
    } catch (BuildException e) {
      boolean debug =
          !environment.variable("DEBUG").isEmpty()
              || words.contains("-D")
              || words.contains("--debug");
      return tell(e, environment, debug);
    } catch (Exception e) {
      environment.err().println("ERROR: " + BuildException.describe(e));
      return Status.FAILED;
    }
  }

  /** Exit statuses. */
  private static final class Status {
    static final int FAILED = 1;
    static final int INTERNAL = 100;
    static final int EXHAUSTED = 102;
    static final int CANCELLED = 130;
  }

  private static int tell(BuildException error, Environment environment, boolean debug) {
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Source source) {
        SourceExcerpt.of(source).ifPresent(environment.err()::print);
      }
    }
    environment.err().println("ERROR: " + BuildException.describe(error));
    if (debug) {
      error.printStackTrace(environment.err());
    }
    return switch (error.code()) {
      case INTERNAL -> Status.INTERNAL;
      case RESOURCE_EXHAUSTED -> Status.EXHAUSTED;
      case CANCELLED -> Status.CANCELLED;
      default -> Status.FAILED;
    };
  }

  private static String metadata() {
    return Json.object()
        .put("SchemaVersion", "0.1.0")
        .put("Vendor", "Docker Inc.")
        .put("Version", VERSION)
        .put("ShortDescription", "Docker Buildx")
        .build()
        .writeIndented("", "     ");
  }

  private static Verb commands(Environment environment, Path home, boolean isDebug) {
    var builders = new Builders(environment, home);
    var manage = new BuilderCommands(environment, builders);
    boolean debug = isDebug || !environment.variable("DEBUG").isEmpty();
    return Verb.of("buildx", "Extended build capabilities with BuildKit")
        .sharedFlags(
            Flag.text("Override the configured builder instance", "builder")
                .withPreset(environment.variable("BUILDX_BUILDER")),
            Flag.bool("Enable debug logging", "debug", "D").withPreset(debug ? "true" : ""))
        .verbs(
            BuildCommand.verb(environment, builders),
            CreateCommand.verb(environment, builders),
            ListCommand.verb(environment, builders),
            InspectCommand.verb(environment, builders),
            new CacheCommands(environment, builders).usage(),
            new CacheCommands(environment, builders).prune(),
            manage.use(),
            manage.stop(),
            manage.rm(),
            Verb.of("version", "Show buildx version information")
                .arity(Arity.ZERO)
                .action(_ -> {
                  environment.out().println("github.com/docker/buildx " + VERSION + " ");
                  return 0;
                }));
  }
}
