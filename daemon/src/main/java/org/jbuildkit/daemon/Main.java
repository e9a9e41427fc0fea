package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jbuildkit.base.BuildException;

/** The command line of {@code buildkitd}. */
public final class Main {
  private static final long GRACE_SECONDS = 10;

  private Main() {}

  /** What the command line asks for. */
  private record Request(Path root, List<String> addresses) {}

  public static void main(String[] args) throws InterruptedException {
    try {
      run(parse(args));
    } catch (IOException | BuildException e) {
      System.err.println("buildkitd: " + BuildException.describe(e));
      System.exit(1);
    }
  }

  private static Request parse(String[] args) {
    var root = "/var/lib/buildkit";
    var addresses = new ArrayList<String>();
    for (var it = Arrays.asList(args).iterator(); it.hasNext(); ) {
      var word = it.next();
      int equals = word.indexOf('=');
      var name = equals < 0 ? word : word.substring(0, equals);
      if (name.equals("--version") || name.equals("-v")) {
        System.out.println("buildkitd github.com/moby/buildkit " + Worker.VERSION);
        System.exit(0);
      }
      if (name.equals("--debug")) {
        System.setProperty("jbuildkit.debug", "true");
        continue;
      }
      if (!name.equals("--root") && !name.equals("--addr")) {
        throw BuildException.invalid("flag provided but not defined: " + name);
      }
      if (equals < 0 && !it.hasNext()) {
        throw BuildException.invalid("flag needs an argument: " + name);
      }
      var value = equals < 0 ? it.next() : word.substring(equals + 1);
      if (name.equals("--root")) {
        root = value;
      } else {
        addresses.add(value);
      }
    }
    if (addresses.isEmpty()) {
      addresses.add("unix:///run/buildkit/buildkitd.sock");
    }
    return new Request(Path.of(root).toAbsolutePath().normalize(), addresses);
  }

  private static void run(Request request) throws IOException, InterruptedException {
    if (request.addresses().size() != 1 || !request.addresses().getFirst().startsWith("unix://")) {
      throw BuildException.invalid("only one unix:// address is supported: " + request.addresses());
    }
    var socket = Path.of(request.addresses().getFirst().substring("unix://".length()));
    var daemon = new Daemon(request.root(), socket);
    System.err.println("running server on " + socket);
    var stopped = new java.util.concurrent.CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                daemon.stop(GRACE_SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                daemon.close();
                stopped.countDown();
              }
            }));
    stopped.await();
  }
}
