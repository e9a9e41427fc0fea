package org.jbuildkit.executor.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.linux.Namespace;

/**
 * Network namespaces that live as long as a file that they are mounted on.
 *
 * @param folder of our own
 */
record Namespaces(Path folder, PluginNetwork network) {

  /** A namespace with its interfaces. */
  record Made(String id, Path file, String hostname) {}

  /**
   * Makes a namespace with interfaces.
   *
   * @param hostname empty if the step has none of its own
   */
  Made make(String hostname) throws IOException, InterruptedException {
    var id = RandomId.next();
    var made = new Made(id, Files.createFile(folder.resolve(id)), hostname);
    try {
      Mounts.inNewNamespaces(
          Set.of(Namespace.NETWORK),
          () -> {
            var own = ByteName.ofText(Namespace.NETWORK.ofThisThread());
            Mounts.bind(own, name(made.file()), false, false);
            return 0;
          });
      network.attach(made.id(), made.file(), hostname);
      return made;
    } catch (IOException | InterruptedException e) {
      unmount(made.file());
      throw e;
    }
  }

  /** Takes a namespace away, with its interfaces as far as that can be done. */
  void remove(Made made) throws IOException, InterruptedException {
    try {
      network.detach(made.id(), made.file(), made.hostname());
    } finally {
      unmount(made.file());
    }
  }

  /** What an earlier daemon left in the folder. */
  List<Made> left() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> new Made(file.getFileName().toString(), file, "")).toList();
    }
  }

  private static void unmount(Path file) throws IOException {
    for (var _ : MountEntry.under(name(file))) {
      Mounts.detach(name(file));
    }
    Files.deleteIfExists(file);
  }

  private static ByteName name(Path file) {
    return ByteName.ofText(file.toString());
  }
}
