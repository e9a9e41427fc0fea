package org.jbuildkit.session.attach;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Lets only requests pass that neither change an agent nor reach beyond its keys. */
final class AgentFilter {
  private static final int MAX_MESSAGE = 256 * 1024;
  private static final int REQUEST_IDENTITIES = 11;
  private static final int SIGN_REQUEST = 13;
  private static final byte[] FAILURE = {0, 0, 0, 1, 5};

  private AgentFilter() {}

  /** Copies whole requests; refused ones are answered at once. */
  static void copy(InputStream client, OutputStream agent, OutputStream answers)
      throws IOException {
    var in = new DataInputStream(client);
    while (true) {
      int length;
      try {
        length = in.readInt();
      } catch (EOFException _) {
        return;
      }
      if (length < 1 || length > MAX_MESSAGE) {
        throw new IOException("invalid agent request size " + length);
      }
      var message = in.readNBytes(length);
      if (message.length < length) {
        return;
      }
      if (message[0] == REQUEST_IDENTITIES || message[0] == SIGN_REQUEST) {
        agent.write(ByteBuffer.allocate(4 + length).putInt(length).put(message).array());
      } else {
        answers.write(FAILURE);
      }
    }
  }
}
