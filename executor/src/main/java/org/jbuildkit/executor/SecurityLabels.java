package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.jbuildkit.base.BuildException;

/**
 * What the daemon's configuration says of the kernel's security modules.
 *
 * @param apparmorProfile to be put on processes, empty for none; it has to be loaded already
 * @param selinux whether processes and mounts get labels
 * @param machine the root of the machine's files
 */
record SecurityLabels(String apparmorProfile, boolean selinux, Path machine) {
  private static final int CATEGORIES = 1024;

  static final SecurityLabels NONE = new SecurityLabels("", false, Path.of("/"));

  /** SELinux's labels of a process and of what is mounted for it. */
  record Selinux(String process, String mount) {}

  /**
   * The profile for a confined process.
   *
   * @throws BuildException if the machine knows no profiles
   */
  Optional<String> profile() throws IOException {
    if (apparmorProfile.isEmpty()) {
      return Optional.empty();
    }
    var enabled = machine.resolve("sys/module/apparmor/parameters/enabled");
    boolean isSupported =
        Files.exists(machine.resolve("sys/kernel/security/apparmor"))
            && Files.exists(enabled)
            && Files.readString(enabled).startsWith("Y");
    if (!isSupported) {
      throw BuildException.failed(
          "AppArmor is not supported on this host, but the profile '"
              + apparmorProfile
              + "' was specified");
    }
    return Optional.of(apparmorProfile);
  }

  /**
   * Labels for one container, in categories that no other container has.
   *
   * @throws BuildException {@code selinux is not available}
   */
  Optional<Selinux> containerLabels() throws IOException {
    if (!selinux) {
      return Optional.empty();
    }
    if (!Files.exists(machine.resolve("sys/fs/selinux/enforce"))) {
      throw BuildException.failed("selinux is not available");
    }
    return Optional.of(own());
  }

  private Selinux own() throws IOException {
    var policy = setting(machine.resolve("etc/selinux/config"), "SELINUXTYPE").orElse("targeted");
    if (!policy.matches("[a-z0-9_-]+")) {
      throw new IOException("SELINUXTYPE is no name: " + policy);
    }
    var contexts = machine.resolve("etc/selinux").resolve(policy).resolve("contexts/lxc_contexts");
    var process = setting(contexts, "process");
    var file = setting(contexts, "file");
    if (process.isEmpty() || file.isEmpty()) {
      throw new IOException(contexts + " has no contexts of containers");
    }
    var level = level();
    return new Selinux(leveled(process.get(), level), leveled(file.get(), level));
  }

  private static Optional<String> setting(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .map(String::strip)
        .filter(line -> line.matches(name + "\\s*=.*"))
        .map(line -> line.substring(line.indexOf('=') + 1).strip().replace("\"", ""))
        .findFirst();
  }

  private static String level() {
    var random = new SecureRandom();
    int first = random.nextInt(CATEGORIES);
    int second = (first + 1 + random.nextInt(CATEGORIES - 1)) % CATEGORIES;
    return "s0:c" + Math.min(first, second) + ",c" + Math.max(first, second);
  }

  /** A context is user, role, type and level. */
  private static String leveled(String context, String level) throws IOException {
    var parts = context.split(":", 4);
    if (parts.length < 3) {
      throw new IOException("no context: " + context);
    }
    return parts[0] + ":" + parts[1] + ":" + parts[2] + ":" + level;
  }
}
