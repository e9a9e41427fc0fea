package org.jbuildkit.linux;

/** What kind of file a name stands for. */
public enum FileKind {
  FIFO(0x1000),
  CHARACTER_DEVICE(0x2000),
  DIRECTORY(0x4000),
  BLOCK_DEVICE(0x6000),
  REGULAR(0x8000),
  SYMLINK(0xA000),
  SOCKET(0xC000);

  private final int bits;

  FileKind(int bits) {
    this.bits = bits;
  }

  /** The kernel's type bits, as in the upper part of {@code st_mode}. */
  public int bits() {
    return bits;
  }

  /** The kind in {@code st_mode}'s type bits; unknown bits are a regular file. */
  public static FileKind ofMode(int mode) {
    for (var kind : values()) {
      if (kind.bits == (mode & 0xF000)) {
        return kind;
      }
    }
    return REGULAR;
  }
}
