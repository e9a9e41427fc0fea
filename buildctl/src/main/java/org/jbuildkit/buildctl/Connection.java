package org.jbuildkit.buildctl;

import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.InfoRequest;

/** The flags that say which daemon is meant and how it is reached. */
final class Connection {
  static final Flag[] FLAGS = {
    Flag.bool("enable debug output in logs", "debug"),
    Flag.text("buildkitd address", "addr"),
    Flag.text("log formatter: json or text", "log-format").withPreset("text"),
    Flag.text("buildkitd server name for certificate validation", "tlsservername"),
    Flag.text("CA certificate for validation", "tlscacert"),
    Flag.text("client certificate", "tlscert"),
    Flag.text("client key", "tlskey"),
    Flag.text("directory containing CA certificate, client certificate, and client key", "tlsdir"),
    Flag.of(Flag.Kind.INT, "timeout backend connection after value seconds", "timeout")
        .withPreset("5"),
    Flag.bool("block RPCs until the connection becomes available", "wait"),
  };
  private static final String DEFAULT_ADDRESS = "unix:///run/buildkit/buildkitd.sock";

  private Connection() {}

  static DaemonConnection open(Invocation invocation, Environment environment)
      throws InterruptedException {
    var format = invocation.text("log-format");
    if (!format.equals("text") && !format.equals("json")) {
      throw BuildException.failed("unsupported log type \"" + format + "\"");
    }
    var address = invocation.text("addr");
    if (address.isEmpty() && !invocation.isSet("addr")) {
      address = environment.variable("BUILDKIT_HOST");
    }
    if (address.isEmpty()) {
      address = DEFAULT_ADDRESS;
    }
    var daemon = DaemonConnection.open(address, tls(invocation, address));
    try {
      if (invocation.flag("wait")) {
        awaitReady(daemon, Integer.parseInt(invocation.text("timeout")));
      }
      return daemon;
    } catch (RuntimeException | InterruptedException e) {
      daemon.close();
      throw e;
    }
  }

  private static void awaitReady(DaemonConnection daemon, int seconds) throws InterruptedException {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    while (true) {
      try {
        var _ = daemon.control().info(InfoRequest.getDefaultInstance());
        return;
      } catch (StatusRuntimeException e) {
        var error = daemon.explain(e);
        if (error.code() == ErrorCode.UNIMPLEMENTED) {
          return;
        }
        if (error.code() != ErrorCode.UNAVAILABLE) {
          throw error;
        }
      }
      if (seconds > 0 && System.nanoTime() > deadline) {
        throw new BuildException(ErrorCode.DEADLINE_EXCEEDED, "context deadline exceeded");
      }
      Thread.sleep(1000);
    }
  }

  private static TlsFiles tls(Invocation invocation, String address) {
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
    var name = invocation.text("tlsservername");
    if (name.isEmpty() && address.startsWith("tcp://")) {
      name = address.substring("tcp://".length()).replaceFirst(":[0-9]+$", "");
    }
    return new TlsFiles(name, ca, certificate, key);
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
