package org.jbuildkit.session.stream;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jbuildkit.base.BuildException;

/** The bytes of received messages; message boundaries mean nothing. */
final class MessageInput<T> extends InputStream {
  private final MessageStream<?, T> stream;
  private final ByteMessages<T> messages;
  private ByteString current = ByteString.EMPTY;
  private int position;

  MessageInput(MessageStream<?, T> stream, ByteMessages<T> messages) {
    this.stream = stream;
    this.messages = messages;
  }

  @Override
  public int read() throws IOException {
    return fill() ? current.byteAt(position++) & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int done = take(target, offset, length);
    while (done < length && next()) {
      done += take(target, offset + done, length - done);
    }
    return done;
  }

  private int take(byte[] target, int offset, int length) {
    int n = Math.min(length, current.size() - position);
    current.substring(position, position + n).copyTo(target, offset);
    position += n;
    return n;
  }

  /** Goes on with a message that has come already; smaller ones are read together. */
  private boolean next() {
    if (position < current.size()) {
      return false;
    }
    var next = stream.poll();
    next.ifPresent(this::start);
    return next.isPresent();
  }

  private void start(T message) {
    current = messages.unwrap().apply(message);
    position = 0;
  }

  @Override
  public int available() {
    return current.size() - position;
  }

  private boolean fill() throws IOException {
    try {
      while (position == current.size()) {
        var next = stream.receive();
        if (next.isEmpty()) {
          return false;
        }
        start(next.get());
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException().initCause(e);
    } catch (BuildException e) {
      throw new IOException(BuildException.describe(e), e);
    }
  }
}
