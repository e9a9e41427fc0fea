package org.jbuildkit.buildx.build;

import io.grpc.BindableService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.buildx.store.DockerContext;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.client.DockerConfig;
import org.jbuildkit.client.options.SecretOptions;
import org.jbuildkit.client.options.SshOptions;
import org.jbuildkit.protocol.keys.SolveOptions;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.RegistryAuth;
import org.jbuildkit.session.attach.SecretSource;
import org.jbuildkit.session.attach.SshAgents;

/**
 * Everything that is found out before a daemon is needed.
 *
 * @param options of the frontend, as far as they are known
 * @param entitlements may grow
 * @param lacksOutput whether the result goes nowhere, which is told
 */
record BuildPlan(
    SequencedMap<String, String> options,
    List<BindableService> attachables,
    Exports exports,
    List<String> entitlements,
    boolean lacksOutput) {

  static BuildPlan of(
      BuildRequest request, Invocation flags, Environment environment, DockerContext context)
      throws IOException {
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
    var attachables = attachables(request, flags, environment);
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
            () -> DockerEngine.at(context.address(environment)));
    var exports = Exports.prepare(outputs, Platforms.tags(flags.list("tag")), annotations, rules);
    if (!exports.destinations().isEmpty()) {
      attachables.add(new ExportReceiver(exports.destinations()));
    }
    boolean lacksOutput =
        outputs.isEmpty() && request.call().isBuild() && !isLoadDisabled(environment);
    return new BuildPlan(
        options, attachables, exports, new ArrayList<>(grants.entitlements()), lacksOutput);
  }

  private static List<BindableService> attachables(
      BuildRequest request, Invocation flags, Environment environment) throws IOException {
    var attachables = new ArrayList<BindableService>();
    attachables.add(auth(environment));
    var secrets = SecretOptions.parse(nonEmpty(flags, "secret"), environment.variables());
    if (!secrets.isEmpty()) {
      attachables.add(new SecretSource(secrets));
    }
    var ssh = new ArrayList<>(nonEmpty(flags, "ssh"));
    if (ssh.isEmpty() && MainContext.isSsh(request.context())) {
      ssh.add("default");
    }
    var agents = SshOptions.parse(ssh, environment.variables());
    if (!agents.isEmpty()) {
      attachables.add(new SshAgents(agents));
    }
    return attachables;
  }

  private static List<String> nonEmpty(Invocation flags, String name) {
    return flags.list(name).stream().filter(value -> !value.isEmpty()).toList();
  }

  private static boolean isLoadDisabled(Environment environment) {
    var value = environment.variable("BUILDX_NO_DEFAULT_LOAD");
    if (!value.isEmpty() && GoValues.parseBool(value).isEmpty()) {
      environment
          .err()
          .println("WARNING: invalid non-bool value for BUILDX_NO_DEFAULT_LOAD: " + value);
    }
    return GoValues.parseBool(value).orElse(false);
  }

  private static RegistryAuth auth(Environment environment) {
    boolean disabled =
        GoValues.parseBool(environment.variable("BUILDKIT_NO_CLIENT_TOKEN")).orElse(false);
    return new RegistryAuth(
        DockerConfig.load(environment.variables(), environment.err()), !disabled);
  }
}
