package org.jbuildkit.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A file's metadata, of the name itself where it is a symbolic link.
 *
 * @param mode permission bits with set-user-id, set-group-id and sticky bit (12 bits)
 * @param size bytes of content; the target's length for links
 * @param blocks allocated space in units of 512 bytes
 * @param device the file system, major number in the upper 32 bits
 */
public record FileStat(
    FileKind kind,
    int mode,
    int uid,
    int gid,
    long size,
    Timestamp mtime,
    Timestamp ctime,
    long device,
    long inode,
    long links,
    int rdevMajor,
    int rdevMinor,
    long blocks) {

  /** The size of the kernel's record. */
  static final int SIZE = 256;

  static FileStat read(MemorySegment statx) {
    int mode = Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28));
    return new FileStat(
        FileKind.ofMode(mode),
        mode & 0xFFF,
        statx.get(ValueLayout.JAVA_INT, 20),
        statx.get(ValueLayout.JAVA_INT, 24),
        statx.get(ValueLayout.JAVA_LONG, 40),
        time(statx, 112),
        time(statx, 96),
        ((long) statx.get(ValueLayout.JAVA_INT, 136) << 32)
            | Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 140)),
        statx.get(ValueLayout.JAVA_LONG, 32),
        Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 16)),
        statx.get(ValueLayout.JAVA_INT, 128),
        statx.get(ValueLayout.JAVA_INT, 132),
        statx.get(ValueLayout.JAVA_LONG, 48));
  }

  private static Timestamp time(MemorySegment statx, long offset) {
    return new Timestamp(
        statx.get(ValueLayout.JAVA_LONG, offset), statx.get(ValueLayout.JAVA_INT, offset + 8));
  }

  public boolean isDirectory() {
    return kind == FileKind.DIRECTORY;
  }

  public boolean isRegular() {
    return kind == FileKind.REGULAR;
  }

  public boolean isSymlink() {
    return kind == FileKind.SYMLINK;
  }

  public boolean isDevice() {
    return kind == FileKind.CHARACTER_DEVICE || kind == FileKind.BLOCK_DEVICE;
  }

  /** Whether this is overlayfs's mark of a deleted name: a character device 0/0. */
  public boolean isOverlayWhiteout() {
    return kind == FileKind.CHARACTER_DEVICE && rdevMajor == 0 && rdevMinor == 0;
  }

  public boolean isSameFile(FileStat other) {
    return device == other.device && inode == other.inode;
  }

  /** User id as an unsigned number. */
  public long userId() {
    return Integer.toUnsignedLong(uid);
  }

  /** Group id as an unsigned number. */
  public long groupId() {
    return Integer.toUnsignedLong(gid);
  }
}
