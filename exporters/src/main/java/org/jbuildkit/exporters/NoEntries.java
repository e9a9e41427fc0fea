package org.jbuildkit.exporters;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.files.TreeEntries;

/** The empty tree. */
enum NoEntries implements TreeEntries {
  INSTANCE;

  @Override
  public Optional<Stat> next() {
    return Optional.empty();
  }

  @Override
  public Fd open(ByteName path) throws IOException {
    throw new IOException(path + ": not announced");
  }
}
