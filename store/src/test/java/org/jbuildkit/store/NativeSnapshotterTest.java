package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;

final class NativeSnapshotterTest extends SnapshotterContract {

  @Override
  Snapshotter open(Path layers) throws IOException {
    return NativeSnapshotter.open(layers);
  }
}
