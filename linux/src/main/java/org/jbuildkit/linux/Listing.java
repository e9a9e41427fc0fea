package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jbuildkit.base.ByteName;

/** Reads a directory's names. */
final class Listing {
  private static final int BUFFER = 32 * 1024;

  private Listing() {}

  /** {@code dir} must be freshly opened. */
  static List<DirEntry> read(Fd dir) throws LinuxException {
    var entries = new ArrayList<DirEntry>();
    try (var frame = new Frame()) {
      var memory = frame.bytes(BUFFER);
      while (true) {
        long n = frame.call(Call.GETDENTS, dir.name(), dir.number(), memory.address(), BUFFER, 0);
        if (n == 0) {
          break;
        }
        parse(dir, memory, n, entries);
      }
    }
    entries.sort(Comparator.comparing(DirEntry::name));
    return entries;
  }

  private static void parse(Fd dir, MemorySegment memory, long size, List<DirEntry> entries)
      throws LinuxException {
    long at = 0;
    while (at < size) {
      int length = Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
      int type = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at + 18));
      var name = name(memory, at + 19);
      if (!isDots(name)) {
        entries.add(new DirEntry(name, kind(dir, name, type)));
      }
      at += length;
    }
  }

  private static ByteName name(MemorySegment memory, long from) {
    long end = from;
    while (memory.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    return ByteName.of(memory.asSlice(from, end - from).toArray(ValueLayout.JAVA_BYTE));
  }

  private static boolean isDots(ByteName name) {
    return name.byteAt(0) == '.'
        && (name.length() == 1 || (name.length() == 2 && name.byteAt(1) == '.'));
  }

  private static FileKind kind(Fd dir, ByteName name, int type) throws LinuxException {
    if (type != 0) {
      return FileKind.ofMode(type << 12);
    }
    try (var frame = new Frame()) {
      return Fd.stat(frame, dir.number(), name, name).kind();
    }
  }
}
