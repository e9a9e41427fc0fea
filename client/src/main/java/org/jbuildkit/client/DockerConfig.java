package org.jbuildkit.client;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.session.attach.RegistryCredentials;

/** The user's Docker configuration: registry credentials, in the file or with a helper program. */
public final class DockerConfig implements RegistryCredentials {
  private static final String HUB = "registry-1.docker.io";
  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final int SEED_BYTES = 16;

  private final Path folder;
  private final Json.Obj file;
  private final Json.Obj preset;
  private final Map<String, Optional<Credential>> cache = new ConcurrentHashMap<>();
  private final Object seedLock = new Object();

  private DockerConfig(Path folder, Json.Obj file, Json.Obj preset) {
    this.folder = folder;
    this.file = file;
    this.preset = preset;
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
    var preset = Json.object().build();
    var variable = environment.getOrDefault("DOCKER_AUTH_CONFIG", "");
    if (!variable.isEmpty()) {
      try {
        preset = Json.parseObject(variable.getBytes(StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        warnings.println("WARNING: Failed to parse DOCKER_AUTH_CONFIG: " + e.getMessage());
      }
    }
    return new DockerConfig(folder, file, preset);
  }

  @Override
  public Optional<Credential> find(String host) throws IOException {
    var known = cache.get(host);
    if (known != null) {
      return known;
    }
    var found = look(host.equals(HUB) ? HUB_KEY : host);
    cache.put(host, found);
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
      return lockedTokenSeed(host);
    }
  }

  private byte[] lockedTokenSeed(String host) throws IOException {
    Files.createDirectories(folder);
    var seeds = folder.resolve(".token_seed");
    try (var channel =
            FileChannel.open(
                folder.resolve(".token_seed.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      var members = new TreeMap<String, Json>();
      if (Files.exists(seeds)) {
        members.putAll(Json.parseObject(Files.readAllBytes(seeds)).members());
      }
      if (members.get(host) instanceof Json.Obj known && !known.text("Seed").isEmpty()) {
        return Base64.getDecoder().decode(known.text("Seed"));
      }
      var seed = new byte[SEED_BYTES];
      new SecureRandom().nextBytes(seed);
      var encoded = Base64.getEncoder().encodeToString(seed);
      members.put(host, Json.object().put("Seed", encoded).build());
      Files.writeString(seeds, new Json.Obj(new LinkedHashMap<>(members)).writeIndented("", "  "));
      Files.setPosixFilePermissions(seeds, PosixFilePermissions.fromString("rw-------"));
      return seed;
    } catch (IllegalArgumentException e) {
      throw new IOException("invalid " + seeds, e);
    }
  }
}
