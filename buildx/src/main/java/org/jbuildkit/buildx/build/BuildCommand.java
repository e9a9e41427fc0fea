package org.jbuildkit.buildx.build;

import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.driver.Driver;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.options.CacheOptions;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.session.attach.BlobFolder;
import org.jbuildkit.session.attach.BlobStores;

/** {@code buildx build}. */
public final class BuildCommand {
  private final Invocation flags;
  private final Environment environment;
  private final Builders builders;
  private final BuildRequest request;

  private BuildCommand(Invocation flags, Environment environment, Builders builders) {
    this.flags = flags;
    this.environment = environment;
    this.builders = builders;
    this.request = BuildRequest.parse(flags, environment);
  }

  public static Verb verb(Environment environment, Builders builders) {
    return Verb.of("build [OPTIONS] PATH | URL | -", "Start a build")
        .aliases("b")
        .arity(Arity.ONE)
        .flags(BuildFlags.all(environment))
        .action(flags -> new BuildCommand(flags, environment, builders).run());
  }

  private int run() throws Exception {
    if (!flags.text("iidfile").isEmpty()) {
      Files.deleteIfExists(Path.of(flags.text("iidfile")));
    }
    Builder builder;
    String nodeId;
    try (var store = builders.openStore()) {
      builder = builders.find(store, flags.text("builder"));
      nodeId = store.nodeId();
    }
    warnOfOldFlags();
    try {
      return build(builder, nodeId);
    } catch (BuildResult.LintFailure e) {
      throw e.failure();
    } catch (BuildException e) {
      throw request.call().hinted(e).within("failed to build");
    } catch (IOException e) {
      throw BuildException.failed("failed to build", e);
    }
  }

  private void warn(String text) {
    environment.err().println("WARNING: " + text);
  }

  private void warnOfOldFlags() {
    if (flags.isSet("isolation")) {
      warn("isolation flag is deprecated with BuildKit.");
    }
    if (flags.isSet("security-opt")) {
      warn(
          "security-opt flag is deprecated. \"RUN --security=insecure\" should be used with"
              + " BuildKit.");
    }
    if (flags.flag("squash")) {
      warn(
          "experimental flag squash is removed with BuildKit. You should squash inside build using"
              + " a multi-stage Dockerfile for efficiency.");
    }
  }

  private int build(Builder builder, String nodeId) throws Exception {
    var plan = BuildPlan.of(request, flags, environment, builders.context());
    try (var store = builders.openStore()) {
      store.touch(builder.name());
    }
    var node = Platforms.node(builder, flags);
    var driver = builders.driver(builder, node);
    BuildSpec.Outcome outcome;
    List<VertexWarning> warnings;
    var ref = RandomId.next();
    try (var inputs = new BuildInputs();
        var progress =
            BuildProgress.start(request.progress(), builder.name(), driver.name(), environment);
        var daemon = connect(driver, progress)) {
      outcome = solve(builder, node, plan, inputs, nodeId, ref, daemon, progress);
      warnings = progress.warnings();
    }
    if (plan.lacksOutput()) {
      warn(
          "No output specified with %s driver. Build result will only remain in the build cache."
                  .formatted(builder.driver())
              + " To push result image into registry use --push or to load image into docker use"
              + " --load");
    }
    if (!request.isQuiet() && !request.progress().equals("rawjson") && request.call().isBuild()) {
      WarningList.print(warnings, flags.flag("debug"), environment.err());
    }
    var full = builder.name() + "/" + node.name() + "/" + ref;
    return new BuildResult(request, plan.exports(), outcome, warnings, full)
        .finish(flags, environment);
  }

  private static DaemonConnection connect(Driver driver, BuildProgress progress) throws Exception {
    if (!driver.needsStart()) {
      return driver.connect();
    }
    boolean local = driver.name().equals("local");
    return progress.step(
        local ? "[internal] booting buildkit" : "[internal] waiting for connection",
        driver::connect);
  }

  private BuildSpec.Outcome solve(
      Builder builder,
      StoredNode node,
      BuildPlan plan,
      BuildInputs inputs,
      String nodeId,
      String ref,
      DaemonConnection daemon,
      BuildProgress progress)
      throws IOException, InterruptedException {
    var runner = new BuildRunner(daemon);
    var name =
        new MainContext(request.context(), request.file(), inputs, environment.in()).resolve();
    NamedContexts.resolve(request.contexts(), inputs, nodeId);
    var options = inputs.options;
    options.putAll(plan.options());
    var entitlements = plan.entitlements();
    var frontend = new FrontendOptions(request, flags, environment);
    frontend.put(options, entitlements, builder.driver(), runner.capabilities());
    if (!name.isEmpty()) {
      var context = Path.of(request.context());
      GitFacts.put(context, request.file(), inputs.directories(), environment, options);
    }
    inputs.capabilities.addAll(frontend.capabilities());
    inputs.putCapabilities();
    var caches = caches();
    if (request.call().isBuild()) {
      saveState(builder, node, ref);
    }
    var spec =
        new BuildSpec(
            ref,
            frontend.name(),
            options,
            Optional.empty(),
            plan.exports().endpoints(),
            caches.exports(),
            caches.imports(),
            entitlements,
            Optional.empty(),
            false,
            !request.call().isBuild(),
            name.isEmpty() ? "" : name + ":" + nodeId,
            attachables(plan, inputs, caches));
    var outcome = runner.run(spec, progress::add);
    caches.nameExports(outcome.response());
    return outcome;
  }

  private CacheOptions caches() throws IOException {
    var caches = new CacheOptions(this::warn);
    for (var cache : request.cacheTo()) {
      Caches.addExport(cache, caches, environment);
    }
    for (var cache : request.cacheFrom()) {
      Caches.addImport(cache, caches, environment);
    }
    return caches;
  }

  private static List<BindableService> attachables(
      BuildPlan plan, BuildInputs inputs, CacheOptions caches) {
    var attachables = new ArrayList<>(plan.attachables());
    attachables.addAll(inputs.attachables());
    var stores = new LinkedHashMap<>(caches.stores());
    stores.putAll(inputs.stores);
    plan.exports().layout().ifPresent(path -> stores.put("export", new BlobFolder(path)));
    if (!stores.isEmpty()) {
      attachables.add(new BlobStores(stores));
    }
    return attachables;
  }

  private void saveState(Builder builder, StoredNode node, String ref)
      throws IOException, InterruptedException {
    boolean isElsewhere =
        request.context().equals("-") || !Files.isDirectory(Path.of(request.context()));
    var context =
        isElsewhere
            ? request.context()
            : Path.of(request.context()).toAbsolutePath().normalize().toString();
    var file = request.file();
    if (!file.isEmpty() && !file.equals("-") && !isElsewhere) {
      file = Path.of(file).toAbsolutePath().normalize().toString();
    }
    try (var store = builders.openStore()) {
      store.saveBuild(builder.name(), node.name(), ref, context, file);
    }
  }
}
