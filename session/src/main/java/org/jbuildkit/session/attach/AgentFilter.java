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
    for (var message = next(in); message.length > 0; message = next(in)) {
      if (isHarmless(message)) {
        agent.write(framed(message));
      } else {
        answers.write(FAILURE);
      }
    }
  }

  /** Has whole requests answered here. */
  static void answer(InputStream client, OutputStream answers, SshAgents.Agent agent)
      throws IOException {
    var in = new DataInputStream(client);
    for (var message = next(in); message.length > 0; message = next(in)) {
      answers.write(isHarmless(message) ? framed(agent.answer(message)) : FAILURE);
      answers.flush();
    }
  }

  private static boolean isHarmless(byte[] message) {
    return message[0] == REQUEST_IDENTITIES || message[0] == SIGN_REQUEST;
  }

  private static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).array();
  }

  /** The next message without its length; empty at the end. */
  private static byte[] next(DataInputStream in) throws IOException {
    int length;
    try {
      length = in.readInt();
    } catch (EOFException _) {
      return new byte[0];
    }
    if (length < 1 || length > MAX_MESSAGE) {
      throw new IOException("invalid agent request size " + length);
    }
    var message = in.readNBytes(length);
    return message.length < length ? new byte[0] : message;
  }
}
