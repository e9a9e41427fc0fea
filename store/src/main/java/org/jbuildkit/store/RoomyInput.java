package org.jbuildkit.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes that are on their way to the disk: place for them is reserved before they are handed on.
 */
public final class RoomyInput extends FilterInputStream {
  private final Room room;

  public RoomyInput(InputStream in, Room room) {
    super(in);
    this.room = room;
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    if (read >= 0) {
      room.reserve(1);
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    if (read > 0) {
      room.reserve(read);
    }
    return read;
  }
}
