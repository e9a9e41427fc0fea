package org.jbuildkit.session.files;

import com.google.protobuf.ByteString;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.protocol.fsutil.Stat;

/** The mode bits of {@link Stat}, which are Go's, and the order of paths. */
public final class FileModes {
  public static final int DIRECTORY = 0x80000000;
  public static final int SYMLINK = 0x08000000;
  public static final int DEVICE = 0x04000000;
  public static final int FIFO = 0x02000000;
  public static final int SOCKET = 0x01000000;
  public static final int SETUID = 0x00800000;
  public static final int SETGID = 0x00400000;
  public static final int CHARACTER_DEVICE = 0x00200000;
  public static final int STICKY = 0x00100000;
  public static final int PERMISSIONS = 0x1ff;

  /** Set bits under this mask make a file no regular one. */
  public static final int TYPE = 0x8F280000;

  private FileModes() {}

  /** From a kind and the kernel's 12 permission bits. */
  public static int of(FileKind kind, int bits) {
    int mode = bits & PERMISSIONS;
    mode |= (bits & 0x800) != 0 ? SETUID : 0;
    mode |= (bits & 0x400) != 0 ? SETGID : 0;
    mode |= (bits & 0x200) != 0 ? STICKY : 0;
    return mode
        | switch (kind) {
          case REGULAR -> 0;
          case DIRECTORY -> DIRECTORY;
          case SYMLINK -> SYMLINK;
          case FIFO -> FIFO;
          case SOCKET -> SOCKET;
          case CHARACTER_DEVICE -> DEVICE | CHARACTER_DEVICE;
          case BLOCK_DEVICE -> DEVICE;
        };
  }

  /** The kernel's 12 permission bits. */
  public static int bits(int mode) {
    return (mode & PERMISSIONS)
        | ((mode & SETUID) != 0 ? 0x800 : 0)
        | ((mode & SETGID) != 0 ? 0x400 : 0)
        | ((mode & STICKY) != 0 ? 0x200 : 0);
  }

  public static boolean isDirectory(Stat stat) {
    return (stat.getMode() & DIRECTORY) != 0;
  }

  public static boolean isRegular(Stat stat) {
    return (stat.getMode() & TYPE) == 0;
  }

  /** Whether the entry is a further name of a regular file sent before. */
  public static boolean isHardLink(Stat stat) {
    return isRegular(stat) && !stat.getLinkname().isEmpty();
  }

  public static ByteName path(Stat stat) {
    return ByteName.of(stat.getPath().toByteArray());
  }

  public static ByteString wire(ByteName name) {
    return ByteString.copyFrom(name.bytes());
  }

  /** Orders paths by their components: a directory comes before its content, that before others. */
  public static int compare(ByteString a, ByteString b) {
    int length = Math.min(a.size(), b.size());
    for (int i = 0; i < length; i++) {
      int order = Integer.compare(rank(a.byteAt(i)), rank(b.byteAt(i)));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** No name contains a slash or a zero, so nothing is lower than the slash. */
  private static int rank(byte b) {
    return b == '/' ? 0 : Byte.toUnsignedInt(b);
  }
}
