package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.Source;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Timestamp;

/** The file that a blob becomes. */
final class BlobFile {
  private final Digest digest;
  private final FileForm form;

  /**
   * @throws org.jbuildkit.base.BuildException for attributes that are no numbers, or none of an
   *     owner
   */
  BlobFile(Source.Request request, Digest digest) {
    this.digest = digest;
    this.form = FileForm.of(request);
  }

  String key() {
    var json =
        Json.object()
            .put("Digest", digest.toString())
            .put("Filename", form.name())
            .put("Perm", form.mode())
            .put("UID", form.uid())
            .put("GID", form.gid())
            .build();
    return Digest.sha256(json.write()).toString();
  }

  /** Writes the file into an empty tree. */
  void write(Dir root, InputStream in) throws IOException {
    var name =
        form.name().isEmpty()
            ? digest.hex()
            : FileForm.cleanName(form.name()).orElse(FileForm.STANDARD_NAME);
    form.write(root, name, in, new Timestamp(0, 0));
  }
}
