package org.jbuildkit.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

final class FuseOverlayTest extends SnapshotterContract {

  @Override
  Snapshotter open(Path layers) throws IOException {
    assumeTrue(FuseOverlay.isInstalled(), "no fuse-overlayfs or no fuse");
    return OverlaySnapshotter.openFuse(layers);
  }
}
