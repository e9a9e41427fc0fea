package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.LinuxException;

/**
 * A tree and what it was made on, or an overlay directory and the tree below it: which entries
 * count as changed. Both stay the caller's.
 *
 * @param lower the tree before, or nothing
 */
public record TreePair(Optional<Dir> lower, Dir upper) {
  static final String CAPABILITY = "security.capability";
  private static final String[] OPAQUE = {"trusted.overlay.opaque", "user.overlay.opaque"};
  private static final int CHUNK = 64 * 1024;

  /** What the lower tree has at a path. */
  public Optional<FileStat> lowerStat(ByteName path) throws IOException {
    if (lower.isEmpty()) {
      return Optional.empty();
    }
    try {
      return lower.get().tryStat(path);
    } catch (LinuxException e) {
      // Nothing is below a link, which a directory may have replaced.
      if (e.is(Errno.ELOOP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether a directory of the upper side hides what the lower tree has there. */
  public boolean isOpaque(ByteName path) throws IOException {
    for (var name : OPAQUE) {
      var value = upper.xattrs(path).get(name);
      if (value.isPresent() && value.get().length == 1 && value.get()[0] == 'y') {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether an entry is unchanged: by metadata, and by content where that says little. Of extended
   * attributes only capabilities count; times of directories don't.
   */
  public boolean isSame(FileStat after, FileStat before, ByteName path) throws IOException {
    if (after.isSameFile(before)) {
      return true;
    }
    boolean sameMetadata =
        after.kind() == before.kind()
            && after.mode() == before.mode()
            && after.uid() == before.uid()
            && after.gid() == before.gid()
            && after.rdevMajor() == before.rdevMajor()
            && after.rdevMinor() == before.rdevMinor()
            && sameCapability(path);
    if (!sameMetadata || after.isDirectory()) {
      return sameMetadata;
    }
    if (after.size() != before.size() || !after.mtime().equals(before.mtime())) {
      return false;
    }
    return after.mtime().nanos() != 0 || sameContent(after, path);
  }

  private boolean sameCapability(ByteName path) throws IOException {
    var mine = upper.xattrs(path).get(CAPABILITY);
    var theirs = lower.isPresent() ? lower.get().xattrs(path).get(CAPABILITY) : mine;
    return Arrays.equals(mine.orElse(new byte[0]), theirs.orElse(new byte[0]));
  }

  /** Times of whole seconds say little: some tools cut them. */
  private boolean sameContent(FileStat stat, ByteName path) throws IOException {
    var below = lower.orElseThrow();
    if (stat.isSymlink()) {
      return upper.readLink(path).equals(below.readLink(path));
    }
    if (!stat.isRegular()) {
      return true;
    }
    try (var a = upper.openRead(path);
        var b = below.openRead(path);
        var left = a.input(false);
        var right = b.input(false)) {
      var one = new byte[CHUNK];
      while (true) {
        int n = left.readNBytes(one, 0, one.length);
        var other = right.readNBytes(n);
        if (n != other.length || !Arrays.equals(one, 0, n, other, 0, n)) {
          return false;
        }
        if (n < one.length) {
          return right.read() < 0;
        }
      }
    }
  }
}
