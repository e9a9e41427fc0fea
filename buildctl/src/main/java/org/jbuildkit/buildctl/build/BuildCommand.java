package org.jbuildkit.buildctl.build;

import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.DockerConfig;
import org.jbuildkit.client.ResultMetadata;
import org.jbuildkit.client.options.CacheOptions;
import org.jbuildkit.client.options.SecretOptions;
import org.jbuildkit.client.options.SshOptions;
import org.jbuildkit.client.progress.ProgressHeading;
import org.jbuildkit.client.progress.ProgressPrinter;
import org.jbuildkit.protocol.keys.SolveOptions;
import org.jbuildkit.protocol.keys.SourceAttributes;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.session.attach.BlobFolder;
import org.jbuildkit.session.attach.BlobStores;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.RegistryAuth;
import org.jbuildkit.session.attach.SecretSource;
import org.jbuildkit.session.attach.SharedDirectories;
import org.jbuildkit.session.attach.SshAgents;

/** {@code buildctl build}. */
public final class BuildCommand {
  private static final String SUBREQUESTS = "moby.buildkit.frontend.subrequests";

  private final Invocation invocation;
  private final Environment environment;

  private BuildCommand(Invocation invocation, Environment environment) {
    this.invocation = invocation;
    this.environment = environment;
  }

  public static Command command(Environment environment) {
    return Command.of("build", "build", "b")
        .flags(BuildFlags.inputs())
        .flags(BuildFlags.outputs())
        .action(invocation -> new BuildCommand(invocation, environment).run());
  }

  /** A build ready to be run. */
  private record Prepared(BuildSpec spec, Outputs outputs, CacheOptions caches) {}

  private int run() throws IOException, InterruptedException {
    try (var daemon = Connection.open(invocation, environment);
        var trace = openTrace()) {
      var metrics = openMetrics();
      var prepared = prepare();
      try {
        finish(build(daemon, prepared.spec, trace, metrics), prepared);
      } finally {
        metrics.print();
        if (!invocation.text("ref-file").isEmpty()) {
          ResultFiles.writeRef(invocation.text("ref-file"), prepared.spec.ref());
        }
      }
      return 0;
    }
  }

  /** Reads the options in the order in which the original finds fault with them. */
  private Prepared prepare() throws IOException {
    var attachables = new ArrayList<BindableService>();
    attachables.add(auth());
    var agents = SshOptions.parse(invocation.list("ssh"), environment.variables());
    if (!agents.isEmpty()) {
      attachables.add(new SshAgents(agents));
    }
    var secrets = SecretOptions.parse(invocation.list("secret"), environment.variables());
    if (!secrets.isEmpty()) {
      attachables.add(new SecretSource(secrets));
    }
    Entitlements.check(invocation.list("allow"));
    var outputs = Outputs.parse(invocation.list("output"));
    var log = Connection.log(invocation, environment);
    var caches =
        Caches.parse(
            invocation.list("export-cache"), invocation.list("import-cache"), environment, log);
    var policy = SourcePolicyFile.read(invocation.text("source-policy-file"));
    var options = options();
    addFiles(attachables, outputs, caches);
    var definition = definition();
    var spec =
        new BuildSpec(
            RandomId.next(),
            invocation.text("frontend"),
            options,
            definition,
            outputs.exports(),
            caches.exports(),
            caches.imports(),
            invocation.list("allow"),
            policy,
            invocation.flag("proxy-network"),
            false,
            "",
            attachables);
    return new Prepared(spec, outputs, caches);
  }

  private TraceFile openTrace() throws IOException {
    var name = invocation.text("trace");
    var trace = TraceFile.open(name);
    if (!name.isEmpty()) {
      Connection.log(invocation, environment).info("tracing logs to " + name);
    }
    return trace;
  }

  private CacheMetrics openMetrics() {
    var target = invocation.text("debug-json-cache-metrics");
    var metrics = CacheMetrics.open(target, environment);
    if (!target.isEmpty()) {
      Connection.log(invocation, environment)
          .info("writing JSON cache metrics to " + CacheMetrics.title(target));
    }
    return metrics;
  }

  private RegistryAuth auth() {
    boolean disabled =
        GoValues.parseBool(environment.variable("BUILDKIT_NO_CLIENT_TOKEN")).orElse(false);
    return new RegistryAuth(
        DockerConfig.load(environment.variables(), environment.err()),
        !disabled,
        RegistryTls.parse(invocation.list("registry-auth-tlscontext")));
  }

  private BuildSpec.Outcome build(
      DaemonConnection daemon, BuildSpec spec, TraceFile trace, CacheMetrics metrics)
      throws InterruptedException {
    try (var progress =
        ProgressPrinter.start(
            invocation.text("progress"),
            environment.err(),
            2,
            ProgressHeading.NONE,
            environment.variables())) {
      return new BuildRunner(daemon)
          .run(
              spec,
              update -> {
                trace.add(update);
                metrics.add(update);
                progress.add(update);
              });
    }
  }

  private void finish(BuildSpec.Outcome outcome, Prepared prepared) throws IOException {
    prepared.caches.nameExports(outcome.response());
    if (prepared.outputs.store().isPresent()) {
      ResultMetadata.nameImage(prepared.outputs.store().get(), outcome.response());
    }
    var metadata = invocation.text("metadata-file");
    if (!metadata.isEmpty() && !outcome.response().isEmpty()) {
      ResultMetadata.write(Path.of(metadata), ResultMetadata.document(outcome.response()));
    }
    if (prepared.spec.options().containsKey(SolveOptions.REQUEST_ID)) {
      ResultFiles.printResult(outcome, environment.out());
    }
  }

  private SequencedMap<String, String> options() {
    var options = new LinkedHashMap<String, String>();
    var epoch = environment.variable("SOURCE_DATE_EPOCH");
    if (!epoch.isEmpty()) {
      options.put(SolveOptions.BUILD_ARG_SOURCE_DATE_EPOCH, epoch);
    }
    options.putAll(pairs("opt"));
    if (invocation.flag("no-cache") && !invocation.text("frontend").isEmpty()) {
      options.put(SolveOptions.NO_CACHE, "");
    }
    if (options.containsKey(SolveOptions.REQUEST_ID)) {
      options.putIfAbsent(SolveOptions.FRONTEND_CAPS, SUBREQUESTS);
    }
    return options;
  }

  private SequencedMap<String, String> pairs(String flag) {
    var pairs = new LinkedHashMap<String, String>();
    for (var value : invocation.list(flag)) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid " + flag + ": invalid value " + value);
      }
      pairs.put(value.substring(0, equals), value.substring(equals + 1));
    }
    return pairs;
  }

  private void addFiles(List<BindableService> attachables, Outputs outputs, CacheOptions caches)
      throws IOException {
    var directories = new LinkedHashMap<String, Path>();
    for (var pair : pairs("local").entrySet()) {
      directories.put(pair.getKey(), directory(pair.getValue()));
    }
    if (!directories.isEmpty()) {
      attachables.add(new SharedDirectories(directories));
    }
    var stores = new LinkedHashMap<>(caches.stores());
    for (var value : invocation.list("oci-layout")) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed(
            "oci-layout option must be 'id=path/to/layout', instead had invalid " + value);
      }
      stores.put(
          SourceAttributes.OCI_STORE_PREFIX + value.substring(0, equals),
          new BlobFolder(layout(value.substring(equals + 1))));
    }
    outputs.store().ifPresent(path -> stores.put("export", new BlobFolder(path)));
    if (!stores.isEmpty()) {
      attachables.add(new BlobStores(stores));
    }
    if (!outputs.destinations().isEmpty()) {
      attachables.add(new ExportReceiver(outputs.destinations()));
    }
  }

  private static Path directory(String name) throws IOException {
    var path = Path.of(name).toAbsolutePath();
    if (!Files.exists(path)) {
      throw BuildException.failed(
          "invalid local: resolve : lstat " + path + ": no such file or directory");
    }
    if (!Files.isDirectory(path)) {
      throw BuildException.failed("invalid local: stat " + path + ": not a directory");
    }
    return path.toRealPath();
  }

  private static Path layout(String name) {
    var path = Path.of(name);
    if (!Files.isDirectory(path)) {
      throw BuildException.failed(
          "invalid oci-layout: oci-layout context at "
              + name
              + " failed to initialize: not a directory");
    }
    return path;
  }

  private Optional<Definition> definition() throws IOException {
    if (!invocation.text("frontend").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(DefinitionInput.read(environment, invocation.flag("no-cache")));
  }
}
