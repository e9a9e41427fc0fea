package org.jbuildkit.buildctl.daemon;

import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.ProgramLog;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.control.InfoRequest;

/** The flags that say which daemon is meant and how it is reached. */
public final class Connection {
  private static final String DEFAULT_ADDRESS = "unix:///run/buildkit/buildkitd.sock";
  private static final long RETRY_MILLIS = 1000;

  private Connection() {}

  /** The flags, which every command takes. */
  public static Flag[] flags(Environment environment) {
    var host = environment.variable("BUILDKIT_HOST");
    return new Flag[] {
      Flag.bool("enable debug output in logs", "debug"),
      Flag.text("buildkitd address", "addr").withPreset(host.isEmpty() ? DEFAULT_ADDRESS : host),
      Flag.text("log formatter: json or text", "log-format").withPreset("text"),
      Flag.text("buildkitd server name for certificate validation", "tlsservername"),
      Flag.text("CA certificate for validation", "tlscacert"),
      Flag.text("client certificate", "tlscert"),
      Flag.text("client key", "tlskey"),
      Flag.text(
          "directory containing CA certificate, client certificate, and client key", "tlsdir"),
      Flag.of(Flag.Kind.INT, "timeout backend connection after value seconds", "timeout")
          .withPreset("5"),
      Flag.bool("block RPCs until the connection becomes available", "wait"),
    };
  }

  /** Refuses flags of the program that no command could do anything with. */
  public static void check(Invocation invocation) {
    var format = invocation.text("log-format");
    if (!format.equals("text") && !format.equals("json")) {
      throw BuildException.failed("unsupported log type \"" + format + "\"");
    }
  }

  /** The program's log on standard error. */
  public static ProgramLog log(Invocation invocation, Environment environment) {
    var style =
        invocation.text("log-format").equals("json")
            ? ProgramLog.Style.JSON
            : Terminal.at(2).isPresent() ? ProgramLog.Style.TERMINAL : ProgramLog.Style.TEXT;
    return new ProgramLog(environment.err(), style);
  }

  /** The daemon's address. */
  public static String address(Invocation invocation) {
    var address = invocation.text("addr");
    return address.isEmpty() ? DEFAULT_ADDRESS : address;
  }

  /** Connects, waiting for the daemon if that is asked for. The caller closes. */
  public static DaemonConnection open(Invocation invocation, Environment environment)
      throws InterruptedException {
    var address = address(invocation);
    var daemon = DaemonConnection.open(address, tls(invocation), environment.variables());
    try {
      if (invocation.flag("wait")) {
        awaitReady(daemon, Long.parseLong(invocation.text("timeout")));
      }
      return daemon;
    } catch (RuntimeException | InterruptedException e) {
      daemon.close();
      throw e;
    }
  }

  private static void awaitReady(DaemonConnection daemon, long seconds)
      throws InterruptedException {
    long limit = seconds > 0 ? TimeUnit.SECONDS.toNanos(seconds) : Long.MAX_VALUE / 2;
    long end = System.nanoTime() + limit;
    while (true) {
      try {
        var _ =
            daemon
                .control()
                .withDeadlineAfter(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                .info(InfoRequest.getDefaultInstance());
        return;
      } catch (StatusRuntimeException e) {
        var error = daemon.explain(e);
        if (error.code() == ErrorCode.UNIMPLEMENTED) {
          return;
        }
        if (error.code() == ErrorCode.DEADLINE_EXCEEDED
            || end - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS)) {
          throw new BuildException(ErrorCode.DEADLINE_EXCEEDED, "context deadline exceeded", e);
        }
        if (error.code() != ErrorCode.UNAVAILABLE) {
          throw error;
        }
      }
      Thread.sleep(RETRY_MILLIS);
    }
  }

  private static TlsFiles tls(Invocation invocation) {
    var ca = invocation.text("tlscacert");
    var certificate = invocation.text("tlscert");
    var key = invocation.text("tlskey");
    var folder = invocation.text("tlsdir");
    if (!folder.isEmpty()) {
      if (!ca.isEmpty() || !certificate.isEmpty() || !key.isEmpty()) {
        throw BuildException.failed(
            "cannot specify tlsdir and tlscacert/tlscert/tlskey at the same time");
      }
      ca = oneOf(folder, List.of("ca.pem", "ca.crt"));
      certificate = oneOf(folder, List.of("cert.pem", "tls.crt"));
      key = oneOf(folder, List.of("key.pem", "tls.key"));
    }
    return new TlsFiles(invocation.text("tlsservername"), ca, certificate, key);
  }

  private static String oneOf(String folder, List<String> names) {
    var tried = new ArrayList<String>();
    for (var name : names) {
      var path = Path.of(folder, name);
      if (Files.exists(path)) {
        return path.toString();
      }
      tried.add(name);
    }
    throw BuildException.failed(
        "directory did not contain one of the needed files: " + String.join(" or ", tried));
  }
}
