package org.jbuildkit.store.checksum;

import java.io.IOException;
import java.util.SortedMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;

/**
 * The digest of one entry: a tar header's fields as text, then the bytes of a regular file. Name
 * and times take no part.
 */
final class EntryDigest {
  private static final Digest EMPTY = Digest.sha256("");

  private EntryDigest() {}

  static Digest empty() {
    return EMPTY;
  }

  static Digest of(Dir root, ByteName path, FileStat stat) throws IOException {
    boolean regular = stat.isRegular();
    var link = stat.isSymlink() ? root.readLink(path) : ByteName.EMPTY;
    int mode = stat.isSymlink() ? 0777 : stat.mode();
    long size = regular ? stat.size() : 0;
    var hasher = begin(mode, stat.userId(), stat.groupId(), size, type(stat), link);
    addXattrs(hasher, root.xattrs(path).all());
    if (regular) {
      try (var file = root.openRead(path);
          var in = file.input(false)) {
        var buffer = new byte[128 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          hasher.update(buffer, 0, n);
        }
      }
    }
    return hasher.finish();
  }

  /** The header of a regular file without extended attributes; its bytes follow. */
  static Digest.Hasher beginFile(int mode, long uid, long gid, long size) {
    return begin(mode, uid, gid, size, '0', ByteName.EMPTY);
  }

  private static Digest.Hasher begin(
      int mode, long uid, long gid, long size, char type, ByteName link) {
    var hasher = new Digest.Hasher();
    hasher.update("name");
    hasher.update("mode" + mode);
    hasher.update("uid" + uid);
    hasher.update("gid" + gid);
    hasher.update("size" + size);
    hasher.update("typeflag" + type);
    hasher.update("linkname").update(link.bytes());
    hasher.update("unamegnamedevmajor0devminor0");
    return hasher;
  }

  private static void addXattrs(Digest.Hasher hasher, SortedMap<String, byte[]> xattrs) {
    for (var xattr : xattrs.entrySet()) {
      if (isHashed(xattr.getKey())) {
        hasher.update(xattr.getKey()).update(xattr.getValue());
      }
    }
  }

  private static boolean isHashed(String xattr) {
    if (xattr.startsWith("trusted.overlay.")) {
      return false;
    }
    return xattr.equals("security.capability")
        || (!xattr.startsWith("security.") && !xattr.startsWith("system."));
  }

  private static char type(FileStat stat) {
    return switch (stat.kind()) {
      case DIRECTORY -> '5';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case FIFO -> '6';
      case REGULAR, SOCKET -> '0';
    };
  }
}
