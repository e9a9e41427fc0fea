package org.jbuildkit.client;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.session.attach.RegistryCredentials;

/** The user's Docker configuration: registry credentials, in the file or with a helper program. */
public final class DockerConfig implements RegistryCredentials {
  private static final String HUB = "registry-1.docker.io";
  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final int SEED_BYTES = 16;
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Duration KEPT = Duration.ofSeconds(290);

  /** What was found, and until when it counts. */
  private record Found(Optional<Credential> credential, long endNanos) {}

  private final Path folder;
  private final Json.Obj file;
  private final Json.Obj preset;
  private final String defaultStore;
  private final Map<String, Found> cache = new ConcurrentHashMap<>();
  private final Map<String, byte[]> ownSeeds = new ConcurrentHashMap<>();
  private final Object seedLock = new Object();

  private DockerConfig(Path folder, Json.Obj file, Json.Obj preset, String defaultStore) {
    this.folder = folder;
    this.file = file;
    this.preset = preset;
    this.defaultStore = defaultStore;
  }

  /** Reads the configuration; a file that cannot be read is warned about and left out. */
  public static DockerConfig load(Map<String, String> environment, PrintStream warnings) {
    var folder =
        Optional.ofNullable(environment.get("DOCKER_CONFIG"))
            .filter(text -> !text.isEmpty())
            .map(Path::of)
            .orElseGet(() -> Path.of(environment.getOrDefault("HOME", "/"), ".docker"));
    var path = folder.resolve("config.json");
    var file = Json.object().build();
    try {
      file = Json.parseObject(Files.readAllBytes(path));
    } catch (NoSuchFileException _) {
      // Nothing is configured.
    } catch (IOException e) {
      warnings.println("WARNING: Error loading config file: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      warnings.println("WARNING: Error parsing config file (" + path + "): " + e.getMessage());
    }
    var preset = preset(environment.getOrDefault("DOCKER_AUTH_CONFIG", ""), warnings);
    boolean configured =
        !file.object("auths").members().isEmpty()
            || !file.object("credHelpers").members().isEmpty()
            || !file.text("credsStore").isEmpty();
    return new DockerConfig(
        folder, file, preset, configured ? "" : defaultStore(environment.getOrDefault("PATH", "")));
  }

  private static Json.Obj preset(String variable, PrintStream warnings) {
    if (variable.isEmpty()) {
      return Json.object().build();
    }
    try {
      var config = Json.parseObject(variable.getBytes(StandardCharsets.UTF_8));
      requireOnly(config, "auths");
      for (var host : config.object("auths").members().keySet()) {
        requireOnly(config.object("auths").object(host), "auth");
      }
      return config;
    } catch (IllegalArgumentException e) {
      warnings.println(
          "Failed to create credential store from DOCKER_AUTH_CONFIG:  " + e.getMessage());
      return Json.object().build();
    }
  }

  private static void requireOnly(Json.Obj object, String field) {
    for (var name : object.members().keySet()) {
      if (!name.equals(field)) {
        throw new IllegalArgumentException("json: unknown field \"" + name + "\"");
      }
    }
  }

  /** The system's store where nothing is configured, if there is a program for it. */
  private static String defaultStore(String path) {
    var store = isProgram("pass", path) ? "pass" : "secretservice";
    return isProgram("docker-credential-" + store, path) ? store : "";
  }

  private static boolean isProgram(String name, String path) {
    for (var folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Credential> find(String host) throws IOException {
    var known = cache.get(host);
    if (known != null && known.endNanos - System.nanoTime() > 0) {
      return known.credential;
    }
    var found = look(host.equals(HUB) ? HUB_KEY : host);
    cache.put(host, new Found(found, System.nanoTime() + KEPT.toNanos()));
    return found;
  }

  private Optional<Credential> look(String key) throws IOException {
    var fromVariable = entry(preset, key);
    if (fromVariable.isPresent()) {
      return fromVariable;
    }
    var helper = file.object("credHelpers").text(key);
    if (helper.isEmpty()) {
      helper = file.text("credsStore");
    }
    if (helper.isEmpty()) {
      helper = defaultStore;
    }
    if (!helper.isEmpty()) {
      var found = CredentialHelper.get(helper, key);
      if (found.isPresent()) {
        return found;
      }
    }
    return entry(file, key);
  }

  private static Optional<Credential> entry(Json.Obj config, String key) {
    var auths = config.object("auths");
    for (var name : auths.members().keySet()) {
      if (name.equals(key) || host(name).equals(key)) {
        return Optional.of(credential(auths.object(name)));
      }
    }
    return Optional.empty();
  }

  private static String host(String name) {
    var bare = name.replaceFirst("^https?://", "");
    int slash = bare.indexOf('/');
    return slash < 0 ? bare : bare.substring(0, slash);
  }

  private static Credential credential(Json.Obj auth) {
    var username = auth.text("username");
    var secret = auth.text("password");
    if (!auth.text("auth").isEmpty()) {
      try {
        var pair =
            new String(Base64.getDecoder().decode(auth.text("auth")), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon >= 0) {
          username = pair.substring(0, colon);
          secret = pair.substring(colon + 1).replaceAll("\0+$", "");
        }
      } catch (IllegalArgumentException _) {
        // Not base64: the entry's other fields count.
      }
    }
    var identity = auth.text("identitytoken");
    return identity.isEmpty()
        ? new Credential(username, secret, auth.text("registrytoken"))
        : new Credential("", identity, auth.text("registrytoken"));
  }

  @Override
  public byte[] tokenSeed(String host) throws IOException {
    // File locks don't keep threads of one program apart.
    synchronized (seedLock) {
      try {
        return lockedTokenSeed(host);
      } catch (FileSystemException _) {
        // Nothing can be kept there, so it counts for this program only.
        return ownSeeds.computeIfAbsent(host, _ -> newSeed());
      }
    }
  }

  private static void write(Path file, String text) throws IOException {
    var options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    try (var out = Channels.newOutputStream(FileChannel.open(file, options, OWNERS))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] newSeed() {
    var seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    return seed;
  }

  private byte[] lockedTokenSeed(String host) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var seeds = folder.resolve(".token_seed");
    try (var channel =
            FileChannel.open(
                folder.resolve(".token_seed.lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                OWNERS);
        var _ = channel.lock()) {
      var members = new TreeMap<String, Json>();
      if (Files.exists(seeds)) {
        members.putAll(Json.parseObject(Files.readAllBytes(seeds)).members());
      }
      if (members.get(host) instanceof Json.Obj known && !known.text("Seed").isEmpty()) {
        return Base64.getDecoder().decode(known.text("Seed"));
      }
      var seed = newSeed();
      var encoded = Base64.getEncoder().encodeToString(seed);
      members.put(host, Json.object().put("Seed", encoded).build());
      write(seeds, new Json.Obj(new LinkedHashMap<>(members)).writeIndented("", "  "));
      return seed;
    } catch (IllegalArgumentException e) {
      throw new IOException("invalid " + seeds, e);
    }
  }
}
