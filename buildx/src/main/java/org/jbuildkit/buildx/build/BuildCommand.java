package org.jbuildkit.buildx.build;

import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.buildx.driver.Builder;
import org.jbuildkit.buildx.driver.Builders;
import org.jbuildkit.buildx.driver.Driver;
import org.jbuildkit.buildx.store.StoredNode;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.cobra.Arity;
import org.jbuildkit.cli.cobra.Verb;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.DockerConfig;
import org.jbuildkit.client.ResultMetadata;
import org.jbuildkit.client.options.CacheOptions;
import org.jbuildkit.client.options.SecretOptions;
import org.jbuildkit.client.options.SshOptions;
import org.jbuildkit.protocol.keys.ExporterKeys;
import org.jbuildkit.protocol.keys.SolveOptions;
import org.jbuildkit.session.attach.BlobFolder;
import org.jbuildkit.session.attach.BlobStores;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.RegistryAuth;
import org.jbuildkit.session.attach.SecretSource;
import org.jbuildkit.session.attach.SshAgents;

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
    } catch (LintFailure e) {
      throw e.failure();
    } catch (BuildException e) {
      throw e.within("failed to build");
    } catch (IOException e) {
      throw BuildException.failed("failed to build", e);
    }
  }

  /** An error that a check found, which is no failure of the build. */
  private static final class LintFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final BuildException failure;

    LintFailure(BuildException failure) {
      this.failure = failure;
    }

    BuildException failure() {
      return failure;
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

  /** Everything that is found out before a daemon is needed. */
  private record Plan(
      SequencedMap<String, String> options,
      List<BindableService> attachables,
      Exports exports,
      List<String> entitlements,
      boolean lacksOutput) {}

  private Plan plan() throws IOException {
    var options = new LinkedHashMap<String, String>();
    if (flags.flag("no-cache") && !flags.list("no-cache-filter").isEmpty()) {
      throw BuildException.failed(
          "--no-cache and --no-cache-filter cannot currently be used together");
    }
    RunOptions.resources(flags, options);
    var platforms = Platforms.parse(flags);
    if (!platforms.isEmpty()) {
      options.put(SolveOptions.PLATFORM, String.join(",", platforms));
    }
    var attachables = new ArrayList<BindableService>();
    attachables.add(auth());
    var secrets = SecretOptions.parse(nonEmpty("secret"), environment.variables());
    if (!secrets.isEmpty()) {
      attachables.add(new SecretSource(secrets));
    }
    var ssh = new ArrayList<>(nonEmpty("ssh"));
    if (ssh.isEmpty() && MainContext.isSsh(request.context())) {
      ssh.add("default");
    }
    var agents = SshOptions.parse(ssh, environment.variables());
    if (!agents.isEmpty()) {
      attachables.add(new SshAgents(agents));
    }
    var outputs = flags.flag("push") ? Output.pushing(request.outputs()) : request.outputs();
    if (flags.flag("load")) {
      outputs = Output.loading(outputs);
    }
    var grants = Grants.parse(flags.list("allow"));
    var annotations = Annotations.parse(flags.list("annotation"));
    var rules =
        new Exports.Rules(
            grants.mayDelete(),
            platforms.size() > 1 || request.attestations().isAny(),
            () -> DockerEngine.at(builders.context().address(environment)));
    var exports = Exports.prepare(outputs, Platforms.tags(flags.list("tag")), annotations, rules);
    if (!exports.destinations().isEmpty()) {
      attachables.add(new ExportReceiver(exports.destinations()));
    }
    boolean lacksOutput = outputs.isEmpty() && request.call().isBuild() && !isLoadDisabled();
    return new Plan(
        options, attachables, exports, new ArrayList<>(grants.entitlements()), lacksOutput);
  }

  private List<String> nonEmpty(String flag) {
    return flags.list(flag).stream().filter(value -> !value.isEmpty()).toList();
  }

  private boolean isLoadDisabled() {
    var value = environment.variable("BUILDX_NO_DEFAULT_LOAD");
    if (!value.isEmpty() && GoValues.parseBool(value).isEmpty()) {
      warn("invalid non-bool value for BUILDX_NO_DEFAULT_LOAD: " + value);
    }
    return GoValues.parseBool(value).orElse(false);
  }

  private RegistryAuth auth() {
    boolean disabled =
        GoValues.parseBool(environment.variable("BUILDKIT_NO_CLIENT_TOKEN")).orElse(false);
    return new RegistryAuth(
        DockerConfig.load(environment.variables(), environment.err()), !disabled);
  }

  private int build(Builder builder, String nodeId) throws Exception {
    var plan = plan();
    try (var store = builders.openStore()) {
      store.touch(builder.name());
    }
    var node = Platforms.node(builder, flags);
    var driver = builders.driver(builder, node);
    BuildSpec.Outcome outcome;
    List<org.jbuildkit.protocol.control.VertexWarning> warnings;
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
    return finish(outcome, plan, warnings, builder.name() + "/" + node.name() + "/" + ref);
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
      Plan plan,
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
    inputs.capabilities.addAll(frontend.capabilities());
    inputs.putCapabilities();
    var caches = new CacheOptions(this::warn);
    for (var cache : request.cacheTo()) {
      Caches.addExport(cache, caches, environment);
    }
    for (var cache : request.cacheFrom()) {
      Caches.addImport(cache, caches, environment);
    }
    var attachables = new ArrayList<>(plan.attachables());
    attachables.addAll(inputs.attachables());
    var stores = new LinkedHashMap<>(caches.stores());
    stores.putAll(inputs.stores);
    plan.exports().layout().ifPresent(path -> stores.put("export", new BlobFolder(path)));
    if (!stores.isEmpty()) {
      attachables.add(new BlobStores(stores));
    }
    if (request.call().isBuild()) {
      saveState(builder, node, ref);
    }
    var spec =
        new BuildSpec(
            ref,
            frontend.name(),
            options,
            java.util.Optional.empty(),
            plan.exports().endpoints(),
            caches.exports(),
            caches.imports(),
            entitlements,
            java.util.Optional.empty(),
            false,
            !request.call().isBuild(),
            name.isEmpty() ? "" : name + ":" + nodeId,
            attachables);
    var outcome = runner.run(spec, progress::add);
    caches.nameExports(outcome.response());
    return outcome;
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

  private int finish(
      BuildSpec.Outcome outcome,
      Plan plan,
      List<org.jbuildkit.protocol.control.VertexWarning> warnings,
      String ref)
      throws IOException, LintFailure {
    var layout = plan.exports().layout();
    if (layout.isPresent()) {
      ResultMetadata.nameImage(layout.get(), outcome.response());
    }
    boolean isBuild = request.call().isBuild();
    var more = new LinkedHashMap<String, Json>();
    var response = new LinkedHashMap<>(outcome.response());
    if (plan.exports().prefersDigest()) {
      response.remove(ExporterKeys.RESPONSE_CONFIG_DIGEST);
    }
    if (isBuild) {
      more.put("buildx.build.ref", Json.of(ref));
      if (GoValues.parseBool(environment.variable("BUILDX_METADATA_WARNINGS")).orElse(false)) {
        more.put("buildx.build.warnings", ResultPrinter.warnings(warnings));
      }
    } else {
      response.putAll(ResultPrinter.texts(outcome.metadata()));
    }
    if (request.isQuiet() && isBuild) {
      environment.out().println(ResultPrinter.imageId(response));
    }
    if (!flags.text("iidfile").isEmpty()) {
      ResultPrinter.writeImageId(flags.text("iidfile"), response);
    }
    if (!flags.text("metadata-file").isEmpty()) {
      ResultPrinter.writeMetadata(flags.text("metadata-file"), response, more);
    }
    int status = 0;
    if (!isBuild) {
      try {
        var dockerfile = MainContext.displayName(request.context(), request.file());
        status = CallPrinter.print(request.call(), response, dockerfile, environment.out());
      } catch (BuildException e) {
        throw new LintFailure(e);
      }
    }
    var message = response.getOrDefault("frontend.result.inlinemessage", "");
    if (!message.isEmpty()) {
      environment.out().println();
      environment.out().println(message);
    }
    return status;
  }
}
