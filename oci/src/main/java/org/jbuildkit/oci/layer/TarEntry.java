package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;

/**
 * One member of a layer archive.
 *
 * @param name without leading slash, directories without trailing one
 * @param linkName target of a link, empty for other kinds
 * @param mode the 12 permission bits
 * @param size in bytes; 0 for all but regular files
 * @param seconds modification time since the epoch
 * @param xattrs extended attributes by name
 */
public record TarEntry(
    Kind kind,
    ByteName name,
    ByteName linkName,
    int mode,
    long uid,
    long gid,
    long size,
    long seconds,
    int nanos,
    int deviceMajor,
    int deviceMinor,
    SortedMap<String, byte[]> xattrs) {

  /** The kernel takes no longer path. */
  private static final int MAX_NAME = 4096;

  public TarEntry {
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  /** What a member is, with its type flag. */
  public enum Kind {
    REGULAR('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    final char flag;

    Kind(char flag) {
      this.flag = flag;
    }
  }

  /** A member without owner, content or attributes of its own. */
  public static TarEntry of(Kind kind, ByteName name, int mode, long size) {
    return new TarEntry(kind, name, ByteName.EMPTY, mode, 0, 0, size, 0, 0, 0, 0, new TreeMap<>());
  }

  /** The marker that says that {@code name} in the layers below is gone. */
  public static TarEntry whiteout(ByteName name) {
    var last = ByteName.ofText(".wh." + name.last());
    var marked = name.parent().map(parent -> parent.resolve(last)).orElse(last);
    return of(Kind.REGULAR, marked, 0, 0);
  }

  /**
   * Refuses names that no file could be given, before anything is done with their parts.
   *
   * @throws IOException {@code file name too long}
   */
  public void checkNames() throws IOException {
    if (name.length() > MAX_NAME || linkName.length() > MAX_NAME) {
      throw new IOException("file name too long");
    }
  }

  public TarEntry withTime(long changedSeconds, int changedNanos) {
    return new TarEntry(
        kind,
        name,
        linkName,
        mode,
        uid,
        gid,
        size,
        changedSeconds,
        changedNanos,
        deviceMajor,
        deviceMinor,
        xattrs);
  }

  public TarEntry withName(ByteName changed) {
    return new TarEntry(
        kind,
        changed,
        linkName,
        mode,
        uid,
        gid,
        size,
        seconds,
        nanos,
        deviceMajor,
        deviceMinor,
        xattrs);
  }
}
