package org.jbuildkit.session.stream;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import org.jbuildkit.base.BuildException;

/**
 * Bytes as messages of at most {@code chunk} bytes. Never sends an empty message: peers decode into
 * a reused buffer and take an absent field for the bytes of the message before.
 */
final class MessageOutput<T> extends OutputStream {
  private final MessageStream<T, ?> stream;
  private final ByteMessages<T> messages;
  private final int chunk;

  MessageOutput(MessageStream<T, ?> stream, ByteMessages<T> messages, int chunk) {
    this.stream = stream;
    this.messages = messages;
    this.chunk = chunk;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    try {
      for (int done = 0; done < length; done += chunk) {
        int n = Math.min(chunk, length - done);
        stream.send(messages.wrap().apply(ByteString.copyFrom(source, offset + done, n)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException().initCause(e);
    } catch (BuildException e) {
      throw new IOException(BuildException.describe(e), e);
    }
  }

  @Override
  public void close() {
    stream.halfClose();
  }
}
