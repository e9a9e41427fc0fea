package org.jbuildkit.buildctl;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.LogManager;
import org.jbuildkit.buildctl.build.BuildCommand;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.buildctl.debug.DebugCommands;
import org.jbuildkit.buildctl.records.BuildRecords;
import org.jbuildkit.buildctl.records.DiskCommands;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.ProgramLog;
import org.jbuildkit.client.progress.DisplayColors;
import org.jbuildkit.linux.ProcessCalls;

/** Entry point of {@code buildctl}. */
public final class Main {
  static final String VERSION = "buildctl github.com/moby/buildkit v0.32.2+jbuildkit.0.1.0";

  private Main() {}

  /** Runs the command line and ends the process with its status. */
  public static void main(String[] arguments) {
    var environment =
        new Environment(
            System.getenv(), System.in, stream(FileDescriptor.out), stream(FileDescriptor.err));
    silenceLibraries();
    ProcessCalls.umask(0);
    Cancellation.listen(Thread.currentThread());
    int status = run(Arrays.asList(arguments), environment);
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

  /** Runs a command line and tells what went wrong; the result is the exit status. */
  static int run(List<String> arguments, Environment environment) {
    var log = new ProgramLog(environment.err(), ProgramLog.Style.TEXT);
    var _ = DisplayColors.of(environment.variables(), log::warn);
    var debug = new AtomicBoolean();
    try {
      return commands(environment, debug).run(arguments, environment.out(), environment.err());
    } catch (Exception e) {
      new ErrorPrinter(environment.err(), debug.get()).print(e);
      return 1;
    }
  }

  private static Command commands(Environment environment, AtomicBoolean debug) {
    var root = Command.of("build utility", "buildctl").flags(Connection.flags(environment));
    root.flags(Flag.bool("print the version", "version", "v"));
    root.before(invocation -> {
      debug.set(invocation.flag("debug"));
      Connection.check(invocation);
    });
    root.commands(
        DiskCommands.usage(environment),
        DiskCommands.prune(environment),
        BuildRecords.prune(environment),
        BuildCommand.command(environment),
        DebugCommands.command(environment),
        DialCommand.command(environment));
    root.version(VERSION.substring(VERSION.lastIndexOf(' ') + 1)).completion(environment.out());
    root.action(invocation -> {
      if (invocation.flag("version")) {
        environment.out().println(VERSION);
        return 0;
      }
      if (!invocation.arguments().isEmpty()) {
        environment.err().println("No help topic for '" + invocation.arguments().getFirst() + "'");
        return 3;
      }
      return root.run(List.of("--help"), environment.out(), environment.err());
    });
    return root;
  }
}
