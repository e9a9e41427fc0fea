package org.jbuildkit.linux;

/** Flags of a mount. */
public enum MountFlag {
  READ_ONLY(1),
  NO_SUID(2),
  NO_DEV(4),
  NO_EXEC(8),
  REMOUNT(32),
  NO_ATIME(1024),
  BIND(4096),
  MOVE(8192),
  RECURSIVE(16384),
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20),
  REL_ATIME(1 << 21);

  final long bit;

  MountFlag(long bit) {
    this.bit = bit;
  }

  static long bits(java.util.Set<MountFlag> flags) {
    long bits = 0;
    for (var flag : flags) {
      bits |= flag.bit;
    }
    return bits;
  }
}
