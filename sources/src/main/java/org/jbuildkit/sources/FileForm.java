package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Source;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.protocol.keys.SourceAttributes;

/**
 * The single file that a download becomes, as a request has it.
 *
 * @param name empty if the request leaves it open
 * @param mode 0 for the standard one, 0600
 */
record FileForm(String name, long mode, long uid, long gid) {
  private static final int STANDARD_MODE = 0600;

  /** What a file is called that has no usable name. */
  static final String STANDARD_NAME = "download";

  /**
   * @throws BuildException for attributes that are no numbers, or none of an owner
   */
  static FileForm of(Source.Request request) {
    return new FileForm(
        request.attribute(SourceAttributes.HTTP_FILENAME),
        number(request.attribute(SourceAttributes.HTTP_PERM)),
        owner(request.attribute(SourceAttributes.HTTP_UID)),
        owner(request.attribute(SourceAttributes.HTTP_GID)));
  }

  private static long owner(String text) {
    long value = number(text);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw BuildException.invalid("number out of range: " + text);
    }
    return value;
  }

  private static long number(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return text.startsWith("0o") ? Long.parseLong(text.substring(2), 8) : Long.decode(text);
    } catch (NumberFormatException e) {
      throw new BuildException(
          ErrorCode.UNKNOWN, "strconv.ParseInt: parsing \"" + text + "\": invalid syntax", e);
    }
  }

  /** One name made of what somebody proposes; nothing if it proposes none. */
  static Optional<String> cleanName(String proposed) {
    var trimmed = proposed.trim().replaceFirst("/+$", "");
    var last = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    boolean isBad =
        last.isEmpty()
            || last.equals(".")
            || last.equals("..")
            || last.codePoints().anyMatch(Character::isISOControl);
    return isBad ? Optional.empty() : Optional.of(last);
  }

  /** Writes the file into an empty tree. */
  void write(Dir root, String fileName, InputStream in, Timestamp time) throws IOException {
    if ((mode & ~0777) != 0) {
      throw BuildException.failed("openat " + fileName + ": unsupported file mode");
    }
    var path = ByteName.ofText(fileName);
    try (var file = root.create(path, STANDARD_MODE);
        var out = file.output(false)) {
      in.transferTo(out);
    }
    if (uid != 0 || gid != 0) {
      root.chown(path, (int) uid, (int) gid);
    }
    root.chmod(path, mode == 0 ? STANDARD_MODE : (int) mode);
    root.setTimes(path, time);
  }
}
