package org.jbuildkit.oci.tar;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.Timestamp;

/**
 * What a tar archive says about one name.
 *
 * @param name as it stands in the archive; directories end in a slash
 * @param type hard links are told from what they link to
 * @param linkName target of symbolic and hard links, else empty
 * @param mode as the archive has it; the low 12 bits are permissions
 * @param size bytes of content that follow; 0 for all but regular files
 * @param accessed empty where the archive has none, as {@code changed}
 * @param extensions PAX records that have no field here, extended attributes among them; the arrays
 *     are not to be changed
 */
public record TarEntry(
    ByteName name,
    Type type,
    ByteName linkName,
    int mode,
    long uid,
    long gid,
    String userName,
    String groupName,
    long size,
    Timestamp modified,
    Optional<Timestamp> accessed,
    Optional<Timestamp> changed,
    int major,
    int minor,
    SortedMap<String, byte[]> extensions) {
  private static final String XATTR = "SCHILY.xattr.";

  /** What the name is. */
  public enum Type {
    REGULAR('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    final char flag;

    Type(char flag) {
      this.flag = flag;
    }
  }

  public TarEntry {
    if (size < 0 || uid < 0 || gid < 0) {
      throw new IllegalArgumentException("negative number in tar entry " + name);
    }
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }

  /** A name owned by root, of the time 0, without content. */
  public static TarEntry of(ByteName name, Type type, int mode) {
    return new TarEntry(
        name,
        type,
        ByteName.EMPTY,
        mode,
        0,
        0,
        "",
        "",
        0,
        Timestamp.EPOCH,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        new TreeMap<>());
  }

  /** The kind of file that the entry makes; empty for hard links. */
  public Optional<FileKind> kind() {
    return switch (type) {
      case REGULAR -> Optional.of(FileKind.REGULAR);
      case HARD_LINK -> Optional.empty();
      case SYMLINK -> Optional.of(FileKind.SYMLINK);
      case CHARACTER_DEVICE -> Optional.of(FileKind.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> Optional.of(FileKind.BLOCK_DEVICE);
      case DIRECTORY -> Optional.of(FileKind.DIRECTORY);
      case FIFO -> Optional.of(FileKind.FIFO);
    };
  }

  public TarEntry withName(ByteName changedName) {
    return new TarEntry(
        changedName,
        type,
        linkName,
        mode,
        uid,
        gid,
        userName,
        groupName,
        size,
        modified,
        accessed,
        changed,
        major,
        minor,
        extensions);
  }

  public TarEntry withLink(Type changedType, ByteName target) {
    return new TarEntry(
        name,
        changedType,
        target,
        mode,
        uid,
        gid,
        userName,
        groupName,
        0,
        modified,
        accessed,
        changed,
        major,
        minor,
        extensions);
  }

  public TarEntry withSize(long changedSize) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        uid,
        gid,
        userName,
        groupName,
        changedSize,
        modified,
        accessed,
        changed,
        major,
        minor,
        extensions);
  }

  public TarEntry withOwner(long changedUid, long changedGid) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        changedUid,
        changedGid,
        userName,
        groupName,
        size,
        modified,
        accessed,
        changed,
        major,
        minor,
        extensions);
  }

  public TarEntry withModified(Timestamp time) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        uid,
        gid,
        userName,
        groupName,
        size,
        time,
        accessed,
        changed,
        major,
        minor,
        extensions);
  }

  public TarEntry withDevice(int changedMajor, int changedMinor) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        uid,
        gid,
        userName,
        groupName,
        size,
        modified,
        accessed,
        changed,
        changedMajor,
        changedMinor,
        extensions);
  }

  /** Extended attributes by their names; the arrays are not to be changed. */
  public SortedMap<String, byte[]> xattrs() {
    var xattrs = new TreeMap<String, byte[]>();
    extensions.forEach((key, value) -> {
      if (key.startsWith(XATTR) && key.length() > XATTR.length()) {
        xattrs.put(key.substring(XATTR.length()), value);
      }
    });
    return xattrs;
  }

  /** With these extended attributes in place of all extensions. */
  public TarEntry withXattrs(SortedMap<String, byte[]> xattrs) {
    var records = new TreeMap<String, byte[]>();
    xattrs.forEach((key, value) -> records.put(XATTR + key, value));
    return new TarEntry(
        name, type, linkName, mode, uid, gid, userName, groupName, size, modified, accessed,
        changed, major, minor, records);
  }

  /** The permission bits with set-user-id, set-group-id and sticky bit. */
  public int permissions() {
    return mode & 0xFFF;
  }

  /** No time of it later than {@code latest}. */
  public TarEntry clamped(Timestamp latest) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        uid,
        gid,
        userName,
        groupName,
        size,
        earlier(modified, latest),
        accessed.map(time -> earlier(time, latest)),
        changed.map(time -> earlier(time, latest)),
        major,
        minor,
        extensions);
  }

  private static Timestamp earlier(Timestamp time, Timestamp latest) {
    return time.compareTo(latest) > 0 ? latest : time;
  }
}
