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
    var hasher = new Digest.Hasher();
    boolean regular = stat.isRegular();
    header(hasher, root, path, stat, regular ? stat.size() : 0);
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

  private static void header(
      Digest.Hasher hasher, Dir root, ByteName path, FileStat stat, long size) throws IOException {
    var link = stat.isSymlink() ? root.readLink(path) : ByteName.EMPTY;
    int mode = stat.isSymlink() ? 0777 : stat.mode();
    hasher.update("name");
    hasher.update("mode" + mode);
    hasher.update("uid" + stat.userId());
    hasher.update("gid" + stat.groupId());
    hasher.update("size" + size);
    hasher.update("typeflag" + type(stat));
    hasher.update("linkname").update(link.bytes());
    hasher.update("unamegnamedevmajor0devminor0");
    SortedMap<String, byte[]> xattrs = root.xattrs(path).all();
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
