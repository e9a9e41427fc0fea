package org.jbuildkit.session.attach;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/** Where a client wants an exporter's result. */
public sealed interface ExportDestination {
  /** Opens the stream that takes a tarball, given the exporter's response entries. */
  @FunctionalInterface
  interface Opener {
    OutputStream open(Map<String, String> response) throws IOException;
  }

  /** A file, or standard output. */
  record ToStream(Opener opener) implements ExportDestination {}

  /**
   * A directory.
   *
   * @param deleteExtra whether names that are not part of the result are removed
   */
  record ToDirectory(Path path, boolean deleteExtra) implements ExportDestination {}
}
