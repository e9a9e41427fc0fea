package org.jbuildkit.frontend;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.tunnel.TunnelClient;

/** The program of a frontend image: its standard streams are the connection to the daemon. */
public final class Main {
  private static final String NAME = "dockerfile-frontend";
  private static final String PACKAGE = "github.com/moby/buildkit/frontend/dockerfile";
  private static final String VERSION = "1.26.0";

  private Main() {}

  /** Runs one build, or tells the version. */
  @SuppressWarnings("SystemOut") // whoever asks for the version reads it there
  public static void main(String[] args) {
    if (List.of(args).contains("-version")) {
      System.out.println(String.join(" ", NAME, PACKAGE, VERSION, ""));
      return;
    }
    var out = new FileOutputStream(FileDescriptor.out);
    // Nothing else may get in between the daemon's messages.
    System.setOut(System.err);
    var daemon = ByteDuplex.of(System.in, out, out);
    var group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    System.exit(run(daemon, group, System.getenv()));
  }

  /**
   * Talks to a daemon.
   *
   * @return the program's exit status
   */
  static int run(ByteDuplex daemon, EventLoopGroup group, Map<String, String> environment) {
    try (var tunnel = TunnelClient.over(daemon, group)) {
      var run = new FrontendRun(tunnel.channel(), RunSettings.of(environment));
      return run.run() ? 0 : 1;
    } catch (BuildException e) {
      System.err.println(NAME + ": " + BuildException.describe(e));
      return 1;
    } catch (InterruptedException _) {
      return 1;
    }
  }
}
