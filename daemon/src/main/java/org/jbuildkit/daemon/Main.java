package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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
  private static final long GRACE_SECONDS = 10;

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
    endInOrder(daemon, instance.map(Path::of));
    if (instance.isPresent()) {
      InstanceFile.write(Path.of(instance.get()), config.listen().addresses().getFirst());
    }
    daemon.addresses().forEach(name -> System.err.println("running server on " + name));
    if (config.idleTimeout().isZero()) {
      new CountDownLatch(1).await();
    }
    daemon.awaitIdle(config.idleTimeout());
    log.info("nobody has been connected for {}: stopping", config.idleTimeout());
    return 0;
  }

  /** However the process is told to end, calls in progress come to their end before. */
  private static void endInOrder(Daemon daemon, Optional<Path> instance) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                daemon.stop(GRACE_SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                instance.ifPresent(InstanceFile::delete);
                daemon.close();
                // An orderly end is a success: the JVM alone would answer with the signal's number.
                Runtime.getRuntime().halt(0);
              }
            }));
  }
}
