package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.Json;

/**
 * The device nodes that an unconfined process gets besides the usual ones. As BuildKit's {@code
 * solver/llbsolver/ops/exec} with {@code util/entitlements/security}.
 */
final class HostDevices {
  private static final int SPARE_LOOPS = 7;
  private static final int LOOP_MAJOR = 7;
  private static final long MODE = 0666;

  List<Json> nodes() throws IOException {
    var nodes =
        new ArrayList<Json>(
            List.of(
                node("/dev/kmsg", "c", 1, 11),
                node("/dev/cuse", "c", 10, 203),
                node("/dev/fuse", "c", 10, 229),
                node("/dev/kvm", "c", 10, 232),
                node("/dev/net/tun", "c", 10, 200),
                node("/dev/loop-control", "c", 10, 237)));
    for (int i = 0; i <= firstFreeLoop() + SPARE_LOOPS; i++) {
      nodes.add(node("/dev/loop" + i, "b", LOOP_MAJOR, i));
    }
    return nodes;
  }

  /** The number that the kernel would give next: the first without a backing file. */
  private static int firstFreeLoop() throws IOException {
    int number = 0;
    while (Files.exists(Path.of("/sys/block/loop" + number + "/loop/backing_file"))) {
      number++;
    }
    return number;
  }

  private static Json node(String path, String type, int major, int minor) {
    return Json.object()
        .put("path", path)
        .put("type", type)
        .put("major", major)
        .put("minor", minor)
        .put("fileMode", MODE)
        .put("uid", 0)
        .put("gid", 0)
        .build();
  }
}
