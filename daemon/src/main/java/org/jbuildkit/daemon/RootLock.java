package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;

/** The right to be the one daemon of a root folder; the kernel takes it back when we die. */
final class RootLock implements AutoCloseable {
  private final Fd file;

  private RootLock(Fd file) {
    this.file = file;
  }

  /**
   * @throws IOException if another daemon has it
   */
  static RootLock take(Path root) throws IOException {
    var path = root.resolve("buildkitd.lock").toString();
    var file = Fd.open(path, OpenMode.CREATE_OR_OPEN, 0600);
    if (!file.tryLock()) {
      file.close();
      throw new IOException("could not lock " + path + ", another instance running?");
    }
    return new RootLock(file);
  }

  @Override
  public void close() {
    file.close();
  }
}
