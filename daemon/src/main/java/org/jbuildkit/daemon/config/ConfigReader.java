package org.jbuildkit.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.engine.history.Retention;

/** Puts a daemon's configuration together from its command line and file. */
public final class ConfigReader {
  private static final String DEFAULT_TRACE_SOCKET = "/run/buildkit/otel-grpc.sock";

  private final Invocation flags;
  private final Map<String, String> environment;
  private final Consumer<String> warnings;

  private ConfigReader(
      Invocation flags, Map<String, String> environment, Consumer<String> warnings) {
    this.flags = flags;
    this.environment = environment;
    this.warnings = warnings;
  }

  /**
   * Reads the file that the flags name; a missing one is like an empty one.
   *
   * @param warnings gets a line for each oddity that is no error
   * @throws BuildException for values that make no sense, and for settings that this daemon lacks
   */
  public static DaemonConfig read(
      Invocation flags, Map<String, String> environment, Consumer<String> warnings) {
    var file = TomlSection.read(Path.of(flags.text("config")));
    return new ConfigReader(flags, environment, warnings).config(new Settings(flags, file));
  }

  private DaemonConfig config(Settings settings) {
    Unserved.check(settings);
    var root = settings.text("root", "root", DaemonFlags.DEFAULT_ROOT);
    var config =
        new DaemonConfig(
            Path.of(root).toAbsolutePath().normalize(),
            log(settings),
            listen(settings.section("grpc")),
            OciWorkerReader.read(settings.section("worker").section("oci")),
            settings.texts("allow-insecure-entitlement", "insecure-entitlements"),
            settings.flag("proxy-network", "proxyNetwork"),
            dns(settings.file().section("dns")),
            DevicesConfig.read(settings.section("cdi")),
            registries(settings.file().section("registry")),
            registryConcurrency(settings.file().section("system")),
            history(settings.file()),
            FrontendsConfig.read(settings.file().section("frontend")),
            ProvenanceEnvironment.read(
                settings
                    .file()
                    .text("provenanceEnvDir")
                    .map(Path::of)
                    .orElseGet(() -> Path.of(flags.text("config")).resolveSibling("provenance.d"))),
            Optional.of(
                Path.of(
                    settings
                        .section("otel")
                        .nonEmpty("otel-socket-path", "socketPath")
                        .orElse(DEFAULT_TRACE_SOCKET))),
            settings
                .file()
                .section("system")
                .duration("platformsCacheMaxAge")
                .orElse(DaemonConfig.PLATFORMS_MAX_AGE),
            duration(flags.text("idle-timeout")));
    checkEntitlements(flags.list("allow-insecure-entitlement"));
    for (var name : settings.file().unread()) {
      warnings.accept("unknown key in the config file: " + name);
    }
    return config;
  }

  private static void checkEntitlements(List<String> given) {
    for (var value : given) {
      if (!List.of("network.host", "security.insecure", "device").contains(value)) {
        throw BuildException.invalid("invalid entitlement : " + value);
      }
    }
  }

  private static Duration duration(String text) {
    return Duration.ofNanos(GoValues.parseDuration(text.isEmpty() ? "0" : text).orElse(0));
  }

  private LogConfig log(Settings settings) {
    var section = settings.section("log");
    var format = section.text("log-format", "format", "text");
    var level = section.file().text("level").orElse("");
    for (var old : List.of("trace", "debug")) {
      if (settings.file().flag(old).orElse(false)) {
        warnings.accept(
            "'%s' configuration option is deprecated, use 'log.level = \"%s\"' instead"
                .formatted(old, old));
        level = level.isEmpty() ? old : level;
      }
    }
    if (flags.flag("debug")) {
      level = "debug";
    }
    if (flags.isSet("trace")) {
      warnings.accept("--trace option is deprecated; use --log-level=trace instead");
      level = flags.flag("trace") ? "trace" : level;
    }
    var variable = environment.get("BUILDKITD_LOG_LEVEL");
    if (variable != null) {
      level = variable;
    }
    if (flags.isSet("log-level")) {
      level = flags.text("log-level");
    }
    return new LogConfig(LogConfig.format(format), LogConfig.level(level));
  }

  private ListenConfig listen(Settings grpc) {
    var addresses = grpc.texts("addr", "address");
    if (addresses.isEmpty()) {
      addresses = List.of(ListenConfig.DEFAULT_ADDRESS);
    }
    for (var address : addresses) {
      int scheme = address.indexOf("://");
      if (scheme < 0) {
        throw BuildException.invalid(
            "address " + address + " does not contain proto, you meant unix://" + address + " ?");
      }
      if (!List.of("unix", "tcp", "fd").contains(address.substring(0, scheme))) {
        throw BuildException.invalid("addr " + address + " not supported");
      }
    }
    var gid = grpc.file().number("gid");
    var group = flags.text("group");
    return new ListenConfig(
        addresses,
        grpc.file().number("uid"),
        group.isEmpty() ? gid : Optional.of(groupId(group)),
        tls(grpc.section("tls")));
  }

  private static int groupId(String group) {
    if (group.matches("[0-9]{1,9}")) {
      return Integer.parseInt(group);
    }
    try {
      for (var line : Files.readAllLines(Path.of("/etc/group"))) {
        var fields = line.split(":", -1);
        if (fields.length > 2 && fields[0].equals(group) && fields[2].matches("[0-9]{1,9}")) {
          return Integer.parseInt(fields[2]);
        }
      }
    } catch (IOException e) {
      throw BuildException.failed("can't read groups", e);
    }
    throw BuildException.invalid("group: unknown group " + group);
  }

  private static Optional<ListenConfig.Tls> tls(Settings tls) {
    var certificate = tls.nonEmpty("tlscert", "cert");
    var key = tls.nonEmpty("tlskey", "key");
    var ca = tls.nonEmpty("tlscacert", "ca");
    if (certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      throw BuildException.invalid("you must specify key and cert file if one is specified");
    }
    return Optional.of(
        new ListenConfig.Tls(Path.of(certificate.get()), Path.of(key.get()), ca.map(Path::of)));
  }

  private static DnsConfig dns(TomlSection dns) {
    return new DnsConfig(
        dns.texts("nameservers"), dns.texts("options"), dns.texts("searchDomains"));
  }

  private static SequencedMap<String, RegistryConfig> registries(TomlSection section) {
    var registries = new LinkedHashMap<String, RegistryConfig>();
    for (var host : section.keys()) {
      var registry = section.section(host);
      var identities = new ArrayList<RegistryConfig.KeyPair>();
      for (var pair : registry.sections("keypair")) {
        identities.add(
            new RegistryConfig.KeyPair(
                Path.of(pair.text("key").orElse("")), Path.of(pair.text("cert").orElse(""))));
      }
      registries.put(
          host,
          new RegistryConfig(
              registry.texts("mirrors"),
              registry.flag("http"),
              registry.flag("insecure").orElse(false),
              registry.texts("ca").stream().map(Path::of).toList(),
              identities,
              registry.texts("tlsconfigdir").stream().map(Path::of).toList()));
    }
    return registries;
  }

  /** Where only one of the two is given, the other is nothing. */
  private static Retention history(TomlSection file) {
    if (!file.has("history")) {
      return Retention.DEFAULT;
    }
    var section = file.section("history");
    return new Retention(
        section.duration("maxAge").orElse(Duration.ZERO), section.number("maxEntries").orElse(0));
  }

  private static int registryConcurrency(TomlSection system) {
    var given = system.number("maxRegistryConcurrency");
    if (given.isPresent() && given.get() <= 0) {
      throw BuildException.invalid(
          "maxRegistryConcurrency must be greater than zero; set to "
              + given.get()
              + " in the configuration file");
    }
    return given.orElse(DaemonConfig.REGISTRY_CONCURRENCY);
  }
}
