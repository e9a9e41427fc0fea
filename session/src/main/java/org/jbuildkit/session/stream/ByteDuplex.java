package org.jbuildkit.session.stream;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A full-duplex byte stream: a gRPC call of byte messages, a socket, a process. Closing {@link
 * #output} closes only that half; {@link #close} ends both and wakes readers and writers.
 */
public interface ByteDuplex extends Closeable {
  InputStream input();

  OutputStream output();

  @Override
  void close();

  /** The pair as one stream; {@code end} closes whatever carries both. */
  static ByteDuplex of(InputStream input, OutputStream output, Closeable end) {
    return new ByteDuplex() {
      @Override
      public InputStream input() {
        return input;
      }

      @Override
      public OutputStream output() {
        return output;
      }

      @Override
      public void close() {
        try {
          end.close();
        } catch (IOException _) {
          // Nothing can be done about a stream that does not even close.
        }
      }
    };
  }

  /** The bytes that the messages of {@code stream} carry. */
  static <T> ByteDuplex of(MessageStream<T, T> stream, ByteMessages<T> messages, int chunk) {
    return of(
        new MessageInput<>(stream, messages), new MessageOutput<>(stream, messages, chunk), stream);
  }
}
