package org.jbuildkit.engine.history;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.engine.progress.StatusMessages;
import org.jbuildkit.protocol.control.StatusResponse;

/** A build's progress as a file: messages, each after its length in four bytes, lowest first. */
final class StatusLog {
  private static final int EVENTS = 128;
  private static final int MAX_MESSAGE = 64 << 20;

  private StatusLog() {}

  static void write(List<ProgressEvent> events, OutputStream out) throws IOException {
    for (int from = 0; from < events.size(); from += EVENTS) {
      var part = events.subList(from, Math.min(from + EVENTS, events.size()));
      for (var message : StatusMessages.pack(part)) {
        var bytes = message.toByteArray();
        out.write(length(bytes.length));
        out.write(bytes);
      }
    }
  }

  private static byte[] length(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** Tells the messages in order. */
  static void read(InputStream in, BuildHistory.Sink<StatusResponse> messages)
      throws IOException, InterruptedException {
    var buffered = new BufferedInputStream(in);
    for (var head = buffered.readNBytes(4); head.length > 0; head = buffered.readNBytes(4)) {
      if (head.length < 4) {
        throw new EOFException("unexpected EOF");
      }
      int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (length < 0 || length > MAX_MESSAGE) {
        throw new IOException("a message of " + Integer.toUnsignedLong(length) + " bytes in a log");
      }
      var body = buffered.readNBytes(length);
      if (body.length < length) {
        throw new EOFException("unexpected EOF");
      }
      messages.accept(StatusResponse.parseFrom(body));
    }
  }
}
