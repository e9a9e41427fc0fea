package org.jbuildkit.executor.platform;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The smallest program of an architecture: it ends at once, with status {@link #status}. The one of
 * amd64 adds 1 if the processor is of the second level.
 *
 * @param architecture in Go's words
 * @param machine its number in ELF files
 * @param flags of the ELF file
 * @param code complete
 */
record ProbeProgram(
    String architecture, int machine, int bits, ByteOrder order, int flags, Code code) {
  private static final int ADDRESS = 0x400000;
  private static final int STATUS = 65;

  /** Instructions, whose bytes nobody changes. */
  record Code(ByteBuffer bytes) {
    static Code of(int... bytes) {
      var buffer = ByteBuffer.allocate(bytes.length);
      for (int value : bytes) {
        buffer.put((byte) value);
      }
      return new Code(buffer.flip().asReadOnlyBuffer());
    }

    static Code words(ByteOrder order, int... words) {
      var buffer = ByteBuffer.allocate(4 * words.length).order(order);
      for (int word : words) {
        buffer.putInt(word);
      }
      return new Code(buffer.flip().asReadOnlyBuffer());
    }
  }

  /** Those of all architectures that are looked for, in the order in which they are told of. */
  static final List<ProbeProgram> ALL =
      List.of(
          amd64(),
          words("arm64", 183, 64, ByteOrder.LITTLE_ENDIAN, 0, 0xD2800BA8, 0xD2800820, 0xD4000001),
          words("riscv64", 243, 64, ByteOrder.LITTLE_ENDIAN, 0, 0x05D00893, 0x04100513, 0x73),
          words("ppc64", 21, 64, ByteOrder.BIG_ENDIAN, 2, 0x38000001, 0x38600041, 0x44000002),
          words("ppc64le", 21, 64, ByteOrder.LITTLE_ENDIAN, 2, 0x38000001, 0x38600041, 0x44000002),
          // lghi %r2,65; svc 1
          new ProbeProgram(
              "s390x", 22, 64, ByteOrder.BIG_ENDIAN, 0, Code.of(0xA7, 0x29, 0, STATUS, 0x0A, 1)),
          // mov eax,1; mov ebx,65; int 0x80
          new ProbeProgram(
              "386",
              3,
              32,
              ByteOrder.LITTLE_ENDIAN,
              0,
              Code.of(0xB8, 1, 0, 0, 0, 0xBB, STATUS, 0, 0, 0, 0xCD, 0x80)),
          words(
              "mips64le", 8, 64, ByteOrder.LITTLE_ENDIAN, 0x80000007, 0x240213C2, 0x24040041, 0xC),
          words("mips64", 8, 64, ByteOrder.BIG_ENDIAN, 0x80000007, 0x240213C2, 0x24040041, 0xC),
          words(
              "loong64", 258, 64, ByteOrder.LITTLE_ENDIAN, 0x43, 0x0381740B, 0x03810404, 0x2B0000),
          words(
              "arm",
              40,
              32,
              ByteOrder.LITTLE_ENDIAN,
              0x05000000,
              0xE3A07001,
              0xE3A00041,
              0xEF000000));

  private static ProbeProgram words(
      String architecture, int machine, int bits, ByteOrder order, int flags, int... words) {
    return new ProbeProgram(architecture, machine, bits, order, flags, Code.words(order, words));
  }

  /**
   * cpuid's features of the second level: cmpxchg16b, popcnt, SSE 3, SSSE 3, 4.1 and 4.2.
   *
   * <p>mov eax,1; cpuid; and ecx,MASK; xor edi,edi; cmp ecx,MASK; sete dil; add edi,65; mov eax,60;
   * syscall
   */
  private static ProbeProgram amd64() {
    return new ProbeProgram(
        "amd64",
        62,
        64,
        ByteOrder.LITTLE_ENDIAN,
        0,
        Code.of(
            0xB8, 1, 0, 0, 0, 0x0F, 0xA2, 0x81, 0xE1, 0x01, 0x22, 0x98, 0, 0x31, 0xFF, 0x81, 0xF9,
            0x01, 0x22, 0x98, 0, 0x40, 0x0F, 0x94, 0xC7, 0x83, 0xC7, STATUS, 0xB8, 60, 0, 0, 0,
            0x0F, 0x05));
  }

  int status() {
    return STATUS;
  }

  /** The program as a static ELF file. */
  byte[] file() {
    boolean isWide = bits == 64;
    int header = isWide ? 64 : 52;
    int segment = isWide ? 56 : 32;
    int start = header + segment;
    int size = start + code.bytes().remaining();
    var out = ByteBuffer.allocate(size).order(order);
    out.put(new byte[] {0x7F, 'E', 'L', 'F', (byte) (isWide ? 2 : 1)});
    out.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2)).put((byte) 1).position(16);
    out.putShort((short) 2).putShort((short) machine).putInt(1);
    address(out, ADDRESS + start);
    address(out, header);
    address(out, 0);
    out.putInt(flags).putShort((short) header).putShort((short) segment).putShort((short) 1);
    out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    out.putInt(1); // to be loaded, readable and executable
    if (isWide) {
      out.putInt(5);
    }
    address(out, 0);
    address(out, ADDRESS);
    address(out, ADDRESS);
    address(out, size);
    address(out, size);
    if (!isWide) {
      out.putInt(5);
    }
    address(out, 0x10000);
    out.put(code.bytes().duplicate());
    return out.array();
  }

  private void address(ByteBuffer out, int value) {
    if (bits == 64) {
      out.putLong(value);
    } else {
      out.putInt(value);
    }
  }
}
