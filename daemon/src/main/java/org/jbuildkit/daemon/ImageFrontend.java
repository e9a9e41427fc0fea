package org.jbuildkit.daemon;

import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.FrontendContainer;
import org.jbuildkit.engine.exec.RunningProcess;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.tunnel.TunnelServer;

/**
 * {@code gateway.v0}: a program of an image says what to build. It runs confined, and calls the
 * daemon's gateway over its standard streams.
 */
final class ImageFrontend implements Frontend {
  static final String NAME = "gateway.v0";

  private static final String METADATA = "/run/config/buildkit/metadata";
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final BridgeContainers containers;
  private final Worker worker;
  private final List<String> allowed;

  /**
   * @param allowed repositories of images that may be run; none for all
   */
  ImageFrontend(BridgeContainers containers, Worker worker, List<String> allowed) {
    this.containers = containers;
    this.worker = worker;
    this.allowed = allowed.stream().map(name -> ImageReference.parse(name).repository()).toList();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Build.Returned solve(Build build, Request request)
      throws IOException, InterruptedException {
    var source = request.option("source");
    if (source.isEmpty()) {
      throw BuildException.failed("no source specified for gateway");
    }
    requireAllowed(source);
    if (request.options().containsKey("gateway-devel")) {
      throw BuildException.failed("development gateway is no longer supported");
    }
    var image = FrontendImage.find(build, request, source);
    image.check(request);
    var folder = Files.createTempDirectory(containers.worker().scratch(), "frontend");
    var file = folder.resolve("frontend.bin");
    try {
      Files.write(file, image.definition().toByteArray());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
      return run(build, request, image, folder);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private void requireAllowed(String source) {
    if (allowed.isEmpty()) {
      return;
    }
    var reference = ImageReference.tryParse(source).map(ImageReference::repository);
    if (reference.isEmpty() || !allowed.contains(reference.get())) {
      throw BuildException.failed("'" + source + "' is not an allowed gateway source");
    }
  }

  private Build.Returned run(Build build, Request request, FrontendImage image, Path metadata)
      throws IOException, InterruptedException {
    var tree = build.solve(image.definition()).evaluate();
    var wanted =
        new FrontendContainer.Request(
            List.of(Mount.newBuilder().setDest("/").build()),
            List.of(tree),
            image.isOffline() ? NetMode.NONE : NetMode.UNSET,
            List.of(),
            "",
            List.of(new ContainerMount.Bind(METADATA, metadata, List.of("ro", "rbind", "ro"))));
    try (var bridge = new Bridge(build, request.inputs(), worker.id());
        var container = containers.open(build.job(), wanted)) {
      var process = container.start(program(build, request, image));
      return serve(bridge, process);
    }
  }

  private FrontendContainer.Program program(Build build, Request request, FrontendImage image)
      throws IOException, InterruptedException {
    var env = new ArrayList<>(image.env());
    int index = 0;
    for (var option : request.options().entrySet()) {
      env.add(
          "BUILDKIT_FRONTEND_OPT_%d=%s=%s".formatted(index++, option.getKey(), option.getValue()));
    }
    env.add("BUILDKIT_SESSION_ID=" + build.job().sessionId());
    env.add("BUILDKIT_WORKERS=" + Worker.json(worker.current()).write());
    env.add("BUILDKIT_EXPORTEDPRODUCT=buildkit");
    var meta = Meta.newBuilder().addAllArgs(image.args()).addAllEnv(env).setCwd(image.folder());
    return new FrontendContainer.Program(meta.build(), SecurityMode.SANDBOX, List.of(), false);
  }

  /** Answers the program's calls until it ends, and takes what it returned. */
  private Build.Returned serve(Bridge bridge, RunningProcess process)
      throws IOException, InterruptedException {
    var service = new GatewayService(_ -> bridge, containers, worker);
    var services = List.of(service, new HealthStatusManager().getHealthService());
    var disconnected = new CountDownLatch(1);
    var errors = errors(process);
    Optional<Integer> status;
    try (var server = TunnelServer.start(services, new CallHeaders());
        var scope = TaskScope.open()) {
      scope.fork(() -> {
        try {
          server.attach(ByteDuplex.of(process.output(), process.input(), () -> {}));
        } finally {
          disconnected.countDown();
        }
        return Boolean.TRUE;
      });
      status = end(process, disconnected);
    }
    errors.join(GRACE);
    return outcome(bridge, status);
  }

  /** The program's status; empty if it lives on though it can't be talked to any more. */
  private static Optional<Integer> end(RunningProcess process, CountDownLatch disconnected)
      throws InterruptedException {
    try (var scope = TaskScope.open()) {
      var ended = new CountDownLatch(1);
      var status =
          scope.fork(() -> {
            try {
              return process.await();
            } finally {
              ended.countDown();
            }
          });
      disconnected.await();
      if (!ended.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
      scope.join();
      return Optional.of(status.get());
    }
  }

  /** What the program says besides is the daemon's, never the client's. */
  private static Thread errors(RunningProcess process) {
    return Thread.ofPlatform()
        .daemon()
        .name("errors of a frontend")
        .start(() -> {
          try {
            process.errors().transferTo(System.err);
          } catch (IOException | IllegalStateException _) {
            // The program has ended.
          }
        });
  }

  /** A failure that was returned comes first, then that of the program, then a result. */
  private static Build.Returned outcome(Bridge bridge, Optional<Integer> status)
      throws InterruptedException {
    if (!bridge.hasFailed()) {
      if (status.isEmpty()) {
        throw BuildException.failed("frontend grpc server closed unexpectedly");
      }
      int code = status.get();
      if (code != 0) {
        throw BuildException.failed("exit code: " + code)
            .withDetail(new ErrorDetail.ExitCode(code));
      }
      if (!bridge.hasReturned()) {
        throw BuildException.failed("no result for incomplete build");
      }
    }
    return bridge.awaitReturned();
  }
}
