package org.jbuildkit.buildx.build;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.protocol.keys.SolveOptions;

/** What the frontend is told of flags and variables. */
final class FrontendOptions {
  private static final String ATTESTATIONS = "exporter.image.attestations";
  private static final String SYNTAX = "BUILDKIT_SYNTAX";

  private final BuildRequest request;
  private final Invocation flags;
  private final Environment environment;

  FrontendOptions(BuildRequest request, Invocation flags, Environment environment) {
    this.request = request;
    this.flags = flags;
    this.environment = environment;
  }

  /** The frontend that is asked. */
  String name() {
    return request.arguments().containsKey(SYNTAX)
        ? SolveOptions.FRONTEND_GATEWAY
        : SolveOptions.FRONTEND_DOCKERFILE;
  }

  /** What the frontend has to be able to do. */
  List<String> capabilities() {
    return request.call().isBuild()
        ? List.of()
        : List.of("moby.buildkit.frontend.subrequests+forward");
  }

  /**
   * Adds the options.
   *
   * @param entitlements gets those that options imply
   * @param offered what the daemon can do
   */
  void put(
      SequencedMap<String, String> options,
      List<String> entitlements,
      String driver,
      Set<String> offered) {
    arguments(options);
    request.labels().forEach((key, value) -> options.put(SolveOptions.LABEL_PREFIX + key, value));
    attest(options, offered);
    if (flags.flag("pull")) {
      options.put(SolveOptions.IMAGE_RESOLVE_MODE, "pull");
    }
    if (!flags.text("target").isEmpty()) {
      options.put(SolveOptions.TARGET, flags.text("target"));
    }
    if (flags.flag("no-cache")) {
      options.put(SolveOptions.NO_CACHE, "");
    } else if (!flags.list("no-cache-filter").isEmpty()) {
      options.put(SolveOptions.NO_CACHE, String.join(",", flags.list("no-cache-filter")));
    }
    RunOptions.limits(flags, options);
    RunOptions.hosts(flags.list("add-host"), driver, options);
    RunOptions.network(flags.text("network"), options, entitlements);
    if (!request.call().isBuild()) {
      options.put(SolveOptions.REQUEST_ID, "frontend." + request.call().name());
    }
  }

  private void arguments(SequencedMap<String, String> options) {
    var syntax = request.arguments().get(SYNTAX);
    if (syntax != null) {
      if (syntax.isBlank()) {
        throw BuildException.failed(
            "empty BUILDKIT_SYNTAX build-arg is invalid, use --build-arg BUILDKIT_SYNTAX without"
                + " '=' for optional behavior");
      }
      options.put(SolveOptions.SOURCE, syntax.trim().split(" ", -1)[0]);
      options.put(SolveOptions.CMDLINE, syntax);
    }
    request
        .arguments()
        .forEach((key, value) -> options.put(SolveOptions.BUILD_ARG_PREFIX + key, value));
    proxies()
        .forEach((key, value) -> {
          if (request.arguments().keySet().stream().noneMatch(key::equalsIgnoreCase)) {
            options.put(SolveOptions.BUILD_ARG_PREFIX + key, value);
          }
        });
    if (GoValues.parseBool(request.arguments().getOrDefault("BUILDKIT_MULTI_PLATFORM", ""))
        .orElse(false)) {
      options.put(SolveOptions.MULTI_PLATFORM, "true");
    }
  }

  private Map<String, String> proxies() {
    return ProxyArguments.read(environment);
  }

  private void attest(SequencedMap<String, String> options, Set<String> offered) {
    var variable = environment.variable("BUILDX_NO_DEFAULT_ATTESTATIONS");
    boolean disabled =
        !variable.isEmpty()
            && GoValues.parseBool(variable)
                .orElseThrow(() ->
                    BuildException.failed(
                        "invalid BUILDX_NO_DEFAULT_ATTESTATIONS: strconv.ParseBool: parsing"
                            + " \"%s\": invalid syntax".formatted(variable)));
    boolean works = offered.contains(ATTESTATIONS);
    if (request.attestations().isAny() && !works) {
      throw BuildException.failed("Attestations are not supported by the current BuildKit daemon");
    }
    var wanted =
        works && !disabled && request.call().isBuild()
            ? request.attestations().withPreset()
            : request.attestations();
    wanted.putInto(options);
  }
}
