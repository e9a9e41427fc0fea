package org.jbuildkit.client.agent;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Fields in the encoding of SSH: texts and numbers with their lengths before them. */
final class SshFields {
  private final ByteBuffer bytes;

  SshFields(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  int number() {
    require(Integer.BYTES);
    return bytes.getInt();
  }

  byte[] octets() {
    int length = number();
    if (length < 0) {
      throw new IllegalArgumentException("invalid length");
    }
    require(length);
    var value = new byte[length];
    bytes.get(value);
    return value;
  }

  String text() {
    return new String(octets(), StandardCharsets.UTF_8);
  }

  BigInteger integer() {
    var value = octets();
    return value.length == 0 ? BigInteger.ZERO : new BigInteger(value);
  }

  private void require(int count) {
    if (bytes.remaining() < count) {
      throw new IllegalArgumentException("cut off", new BufferUnderflowException());
    }
  }

  /** Collects fields. */
  static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer number(int value) {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
      return this;
    }

    Writer octets(byte[] value) {
      number(value.length);
      out.writeBytes(value);
      return this;
    }

    Writer text(String value) {
      return octets(value.getBytes(StandardCharsets.UTF_8));
    }

    Writer integer(BigInteger value) {
      return octets(value.signum() == 0 ? new byte[0] : value.toByteArray());
    }

    Writer kind(int value) {
      out.write(value);
      return this;
    }

    Writer raw(byte[] value) {
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }

  /** An unsigned number of exactly this many bytes. */
  static byte[] fixed(BigInteger value, int length) {
    var bytes = value.toByteArray();
    var result = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, result, length - (bytes.length - from), bytes.length - from);
    return result;
  }

  static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
