package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.daemon.config.ConfigReader;
import org.jbuildkit.daemon.config.DaemonFlags;
import org.jbuildkit.daemon.log.LogProvider;
import org.jbuildkit.linux.ProcessCalls;
import org.slf4j.LoggerFactory;

/** The command line of {@code buildkitd}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    int status;
    try {
      status =
          Command.of("build daemon", "buildkitd")
              .flags(DaemonFlags.all())
              .action(Main::run)
              .run(Arrays.asList(args), System.out, System.err);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      System.err.println("buildkitd: " + BuildException.describe(e));
      status = 1;
    }
    System.exit(status);
  }

  private static int run(Invocation flags) throws IOException, InterruptedException {
    if (flags.flag("version")) {
      System.out.println("buildkitd github.com/moby/buildkit " + Worker.VERSION);
      return 0;
    }
    if (ProcessCalls.effectiveUserId() != 0) {
      throw BuildException.failed(
          "rootless mode requires to be executed as the mapped root in a user namespace; you may use"
              + " RootlessKit for setting up the namespace");
    }
    if (flags.flag("new-session")) {
      ProcessCalls.newSession();
    }
    var warnings = new ArrayList<String>();
    var config = ConfigReader.read(flags, System.getenv(), warnings::add);
    LogProvider.configure(config.log());
    var log = LoggerFactory.getLogger(Main.class);
    warnings.forEach(log::warn);
    var daemon = new Daemon(config);
    var instance = Optional.of(flags.text("instance-file")).filter(text -> !text.isEmpty());
    var manager = new ServiceManager(System.getenv());
    var end = new OrderlyEnd(daemon, instance.map(Path::of), manager);
    end.listen();
    if (instance.isPresent()) {
      InstanceFile.write(Path.of(instance.get()), config.listen().addresses().getFirst());
    }
    daemon.addresses().forEach(name -> System.err.println("running server on " + name));
    manager.ready();
    return end.await(config.idleTimeout());
  }
}
