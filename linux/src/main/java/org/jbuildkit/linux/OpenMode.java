package org.jbuildkit.linux;

/** What a file is opened for. Never follows a last component that is a link under NO_LINKS. */
public enum OpenMode {
  READ(0),
  WRITE(1),
  READ_WRITE(2),
  /** Creates the file; an existing name is an error. */
  CREATE_NEW(1 | 0x40 | 0x80),
  /** As {@link #CREATE_NEW}, also readable. */
  CREATE_NEW_READABLE(2 | 0x40 | 0x80),
  /** Creates the file or empties the existing one. */
  CREATE_OR_TRUNCATE(1 | 0x40 | 0x200),
  /** Creates the file if missing; keeps its content; readable and writable. */
  CREATE_OR_OPEN(2 | 0x40),
  APPEND(1 | 0x40 | 0x400),
  /** A handle on the name without access to content; works for every kind of file. */
  HANDLE(0x200000);

  static final int CLOSE_ON_EXEC = 0x80000;
  static final int DIRECTORY = Abi.pick(0x10000, 0x4000);
  static final int NO_FOLLOW = Abi.pick(0x20000, 0x8000);
  static final int NO_CTTY = 0x100;
  static final int NON_BLOCK = 0x800;

  final int flags;

  OpenMode(int flags) {
    this.flags = flags;
  }

  boolean creates() {
    return (flags & 0x40) != 0;
  }
}
