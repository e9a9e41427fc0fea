package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.linux.OverlayMount;

/**
 * The kernel's overlayfs. It takes layers by name in a page of options or, later kernels, one by
 * one; paths are relative to the folder of all layers, to be short.
 */
record KernelOverlay(int maxLayers) implements StackMount {
  private static final String FLAGS = "index=off,redirect_dir=off,metacopy=off,xino=off";

  /** Bytes of options that a mount takes for sure, and how many names of layers fit in them. */
  private static final int PAGE = 4000;

  private static final int LAYERS_IN_PAGE = 120;

  static KernelOverlay detect() {
    return new KernelOverlay(OverlayMount.isSupported() ? OverlayMount.MAX_LAYERS : LAYERS_IN_PAGE);
  }

  @Override
  public String name() {
    return "overlayfs";
  }

  @Override
  public void mount(LayerFolders layers, List<String> stack, Optional<String> upper, Path target)
      throws IOException, InterruptedException {
    var at = ByteName.ofText(target.toString());
    var root = layers.root().toString();
    var lower = stack.reversed().stream().map(layer -> layer + "/fs").toList();
    var over = upper.map(layer -> new OverlayMount.Upper(layer + "/fs", layer + "/work"));
    var data =
        "lowerdir="
            + String.join(":", lower)
            + over.map(to -> ",upperdir=" + to.content() + ",workdir=" + to.work()).orElse("")
            + ","
            + FLAGS;
    if (data.length() <= PAGE) {
      Mounts.mountIn(root, ByteName.ofText("overlay"), at, "overlay", data);
      return;
    }
    var options = new LinkedHashMap<String, String>();
    for (var flag : FLAGS.split(",", -1)) {
      int equals = flag.indexOf('=');
      options.put(flag.substring(0, equals), flag.substring(equals + 1));
    }
    new OverlayMount(lower, over, options).mountIn(root, at);
  }

  @Override
  public void settle(Path content) {
    // What the kernel writes is the form itself.
  }
}
