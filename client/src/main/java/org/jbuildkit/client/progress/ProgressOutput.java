package org.jbuildkit.client.progress;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Collects text and hands it to a stream in one piece. */
final class ProgressOutput {
  private final PrintStream stream;
  private final java.io.ByteArrayOutputStream buffer = new java.io.ByteArrayOutputStream();

  ProgressOutput(PrintStream stream) {
    this.stream = stream;
  }

  void raw(String text) {
    buffer.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Text in which each character stands for one byte. */
  void rawBytes(String text) {
    buffer.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void line(String text) {
    raw(text);
    raw("\n");
  }

  void flush() {
    stream.writeBytes(buffer.toByteArray());
    stream.flush();
    buffer.reset();
  }
}
