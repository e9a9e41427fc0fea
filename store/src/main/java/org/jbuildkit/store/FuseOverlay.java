package org.jbuildkit.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;

/**
 * The program {@code fuse-overlayfs}, for kernels that don't let this process mount overlayfs. It
 * marks hidden and removed names in ways of its own as well, which are brought into overlayfs's.
 */
record FuseOverlay() implements StackMount {
  private static final String PROGRAM = "fuse-overlayfs";
  private static final String OWN_ATTRIBUTES = "user.fuseoverlayfs.";
  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final ByteName OPAQUE_MARK = ByteName.ofText(".wh..wh..opq");

  /** The command line holds all names: this many keep it far below what the kernel takes. */
  private static final int LAYERS = 500;

  /** Whether the program is on the path, and the kernel's device is there. */
  static boolean isInstalled() {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Files.exists(Path.of("/dev/fuse"))
        && Arrays.stream(path.split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
  }

  @Override
  public String name() {
    return "fuse-overlayfs";
  }

  @Override
  public int maxLayers() {
    return LAYERS;
  }

  @Override
  public void mount(LayerFolders layers, List<String> stack, Optional<String> upper, Path target)
      throws IOException, InterruptedException {
    var options =
        new StringBuilder("lowerdir=")
            .append(String.join(":", stack.reversed().stream().map(name -> name + "/fs").toList()));
    upper.ifPresent(
        name -> options.append(",upperdir=%s/fs,workdir=%s/work".formatted(name, name)));
    var command = new ArrayList<>(List.of(PROGRAM, "-o", options.toString(), target.toString()));
    var process =
        new ProcessBuilder(command)
            .directory(layers.root().toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    // The program goes to the background once it serves, and closes its output then.
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("%s failed: %s".formatted(PROGRAM, said));
    }
  }

  @Override
  public void settle(Path content) throws IOException {
    try (var dir = Dir.open(content)) {
      settle(dir);
    }
  }

  private static void settle(Dir dir) throws IOException {
    dropOwnAttributes(dir, ByteName.EMPTY);
    var modified = dir.stat().mtime();
    boolean changed = false;
    for (var entry : dir.list()) {
      if (entry.name().equals(OPAQUE_MARK)) {
        dir.unlink(OPAQUE_MARK);
        dir.xattrs(ByteName.EMPTY).set(OPAQUE, new byte[] {'y'});
        changed = true;
      } else if (entry.kind() == FileKind.DIRECTORY) {
        try (var inner = dir.openDir(entry.name())) {
          settle(inner);
        }
      }
    }
    if (changed) {
      dir.setTimes(ByteName.EMPTY, modified);
    }
  }

  private static void dropOwnAttributes(Dir dir, ByteName name) throws IOException {
    var xattrs = dir.xattrs(name);
    for (var known : xattrs.all().keySet()) {
      if (known.startsWith(OWN_ATTRIBUTES)) {
        xattrs.remove(known);
      }
    }
  }
}
