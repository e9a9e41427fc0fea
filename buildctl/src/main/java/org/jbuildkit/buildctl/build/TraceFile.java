package org.jbuildkit.buildctl.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.client.progress.RawJsonDisplay;
import org.jbuildkit.protocol.control.StatusResponse;

/** Progress as JSON lines at the end of a file, readable by its owner only. */
final class TraceFile implements AutoCloseable {
  private final Optional<SeekableByteChannel> file;

  private TraceFile(Optional<SeekableByteChannel> file) {
    this.file = file;
  }

  /** Opens or makes the file; an empty name stands for none. */
  static TraceFile open(String name) throws IOException {
    if (name.isEmpty()) {
      return new TraceFile(Optional.empty());
    }
    var options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return new TraceFile(Optional.of(Files.newByteChannel(Path.of(name), options, mode)));
  }

  void add(StatusResponse update) {
    if (file.isEmpty()) {
      return;
    }
    var line = RawJsonDisplay.toJson(update).write() + "\n";
    var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        file.get().write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
