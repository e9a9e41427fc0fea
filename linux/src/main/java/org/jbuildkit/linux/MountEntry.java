package org.jbuildkit.linux;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;

/**
 * A line of {@code /proc/self/mountinfo}.
 *
 * @param root the part of the file system that is mounted
 * @param mountPoint where, as this process sees it
 * @param options per-mount options, comma-separated
 * @param superOptions the file system's options, comma-separated
 */
public record MountEntry(
    int id,
    int parent,
    ByteName root,
    ByteName mountPoint,
    String options,
    String type,
    String source,
    String superOptions) {

  /**
   * All mounts that this process sees, in the kernel's order: later ones may lie on earlier ones.
   */
  public static List<MountEntry> current() throws java.io.IOException {
    try (var file = Fd.open("/proc/self/mountinfo", OpenMode.READ, 0);
        var in = file.input(false)) {
      return parse(in.readAllBytes());
    }
  }

  /** Mounts at or below a folder, innermost and latest first: the order in which to unmount. */
  public static List<MountEntry> under(ByteName folder) throws java.io.IOException {
    var found = new ArrayList<MountEntry>();
    var inside = folder.resolve(ByteName.EMPTY);
    for (var entry : current()) {
      var point = entry.mountPoint();
      if (point.equals(folder)
          || (point.startsWith(inside)
              && point.length() > inside.length()
              && point.byteAt(inside.length()) == '/')) {
        found.addFirst(entry);
      }
    }
    return found;
  }

  static List<MountEntry> parse(byte[] content) {
    var entries = new ArrayList<MountEntry>();
    for (var line : ByteName.of(content).toString().split("\n", -1)) {
      if (!line.isEmpty()) {
        entries.add(parseLine(line));
      }
    }
    return entries;
  }

  private static MountEntry parseLine(String line) {
    var fields = line.split(" ", -1);
    int dash = 6;
    while (dash < fields.length && !fields[dash].equals("-")) {
      dash++;
    }
    if (fields.length < dash + 4) {
      throw new IllegalArgumentException("not a mountinfo line: " + line);
    }
    return new MountEntry(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        ByteName.ofText(unescape(fields[3])),
        ByteName.ofText(unescape(fields[4])),
        fields[5],
        fields[dash + 1],
        unescape(fields[dash + 2]),
        fields[dash + 3]);
  }

  /** Space, tab, newline and backslash are written as three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    var out = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        out.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
