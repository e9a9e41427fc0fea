package org.jbuildkit.sources.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads the values of RFC 4251 one after the other; a value that is cut short is an error. */
final class SshFields {
  private final ByteBuffer rest;

  SshFields(byte[] bytes) {
    this.rest = ByteBuffer.wrap(bytes);
  }

  /**
   * @throws IllegalArgumentException if there are fewer
   */
  byte[] bytes(int count) {
    if (count < 0 || count > rest.remaining()) {
      throw new IllegalArgumentException("cut short");
    }
    var bytes = new byte[count];
    rest.get(bytes);
    return bytes;
  }

  int number() {
    try {
      return rest.getInt();
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("cut short", e);
    }
  }

  byte[] field() {
    return bytes(number());
  }

  String text() {
    return new String(field(), US_ASCII);
  }

  /** A number that is not negative. */
  BigInteger integer() {
    var value = new BigInteger(1, field());
    return value;
  }

  /** Refuses what comes after all that was read. */
  void end() {
    if (rest.hasRemaining()) {
      throw new IllegalArgumentException("too long");
    }
  }

  /** Some bytes as they are, then others with their lengths. */
  static byte[] joined(byte[] start, byte[]... fields) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(start);
    for (var field : fields) {
      all.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
      all.writeBytes(field);
    }
    return all.toByteArray();
  }
}
