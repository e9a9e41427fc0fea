package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.Source;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Timestamp;
import org.jbuildkit.protocol.keys.SourceAttributes;

/** The file that a blob becomes: its name, owner and mode, as a request has them. */
final class BlobFile {
  private static final int STANDARD_MODE = 0600;
  private static final String STANDARD_NAME = "download";

  private final Digest digest;
  private final String name;
  private final long mode;
  private final long uid;
  private final long gid;

  /**
   * @throws BuildException for attributes that are no numbers, or none of a mode or an owner
   */
  BlobFile(Source.Request request, Digest digest) {
    this.digest = digest;
    this.name = request.attribute(SourceAttributes.HTTP_FILENAME);
    this.mode = number(request.attribute(SourceAttributes.HTTP_PERM), 07777);
    this.uid = number(request.attribute(SourceAttributes.HTTP_UID), Integer.MAX_VALUE);
    this.gid = number(request.attribute(SourceAttributes.HTTP_GID), Integer.MAX_VALUE);
  }

  private static long number(String text, long max) {
    if (text.isEmpty()) {
      return 0;
    }
    long value;
    try {
      value = text.startsWith("0o") ? Long.parseLong(text.substring(2), 8) : Long.decode(text);
    } catch (NumberFormatException e) {
      throw new BuildException(
          ErrorCode.UNKNOWN, "strconv.ParseInt: parsing \"" + text + "\": invalid syntax", e);
    }
    if (value < 0 || value > max) {
      throw BuildException.invalid("number out of range: " + text);
    }
    return value;
  }

  String key() {
    var json =
        Json.object()
            .put("Digest", digest.toString())
            .put("Filename", name)
            .put("Perm", mode)
            .put("UID", uid)
            .put("GID", gid)
            .build();
    return Digest.sha256(json.write()).toString();
  }

  /** One name, whatever was asked for. */
  private String sanitized() {
    if (name.isEmpty()) {
      return digest.hex();
    }
    var trimmed = name.trim().replaceFirst("/+$", "");
    var last = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    boolean isBad =
        last.isEmpty()
            || last.equals(".")
            || last.equals("..")
            || last.codePoints().anyMatch(Character::isISOControl);
    return isBad ? STANDARD_NAME : last;
  }

  /** Writes the file into an empty tree. */
  void write(Dir root, InputStream in) throws IOException {
    var path = ByteName.ofText(sanitized());
    try (var file = root.create(path, STANDARD_MODE);
        var out = file.output(false)) {
      in.transferTo(out);
    }
    if (uid != 0 || gid != 0) {
      root.chown(path, (int) uid, (int) gid);
    }
    root.chmod(path, mode == 0 ? STANDARD_MODE : (int) mode);
    root.setTimes(path, new Timestamp(0, 0));
  }
}
