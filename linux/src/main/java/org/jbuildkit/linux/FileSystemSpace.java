package org.jbuildkit.linux;

import java.lang.foreign.ValueLayout;
import org.jbuildkit.base.ByteName;

/**
 * What {@code statfs} tells about a file system.
 *
 * @param type the magic number
 * @param totalBytes its size
 * @param freeBytes free for the superuser
 * @param availableBytes free for others
 */
public record FileSystemSpace(long type, long totalBytes, long freeBytes, long availableBytes) {
  public static final long OVERLAY = 0x794c7630L;
  public static final long TMPFS = 0x01021994L;

  public static FileSystemSpace of(String path) throws LinuxException {
    var name = ByteName.ofText(path);
    try (var frame = new Frame()) {
      var record = frame.bytes(120);
      frame.call(Call.STATFS, name, frame.text(name), record.address());
      long block = record.get(ValueLayout.JAVA_LONG, 8);
      return new FileSystemSpace(
          record.get(ValueLayout.JAVA_LONG, 0),
          record.get(ValueLayout.JAVA_LONG, 16) * block,
          record.get(ValueLayout.JAVA_LONG, 24) * block,
          record.get(ValueLayout.JAVA_LONG, 32) * block);
    }
  }
}
